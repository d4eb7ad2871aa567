//! One sandbox: what is in it (`store`), its walls (`limiter`, `cpu`; those
//! of HTTP are in `transport`), the way in (`queue`, `places`, `call`), what is
//! kept for a tenant's next call (`shelf`), and what is written down of a call
//! (`record`).

pub(crate) mod call;
pub(crate) mod cpu;
pub(crate) mod limit_exceeded;
mod limiter;
pub(crate) mod places;
pub(crate) mod queue;
pub(crate) mod record;
pub(crate) mod shelf;
pub(crate) mod store;

pub(crate) use call::Call;
pub(crate) use store::Sandbox;
