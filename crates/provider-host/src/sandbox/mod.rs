//! One sandbox: what is in it (`store`, `view`), its walls (`limiter`, `cpu`,
//! `guard`; those of HTTP are in `transport`), the component in it (`instance`),
//! the way in (`admission`, `call`), and what is written down of a call
//! (`call_recorder`). `factory` makes sandboxes for stores of the embedder's
//! own.

pub(crate) mod admission;
pub(crate) mod call;
pub(crate) mod call_recorder;
pub(crate) mod context;
pub(crate) mod cpu;
pub(crate) mod factory;
pub(crate) mod guard;
pub(crate) mod instance;
mod limiter;
pub(crate) mod store;
pub(crate) mod view;
