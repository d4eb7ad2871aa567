//! The component: the exports of the contract, and the `wasi:http` transport
//! below them. Decisions that need no input or output are made in
//! `provider-core`.
//!
//! | module | contents |
//! | --- | --- |
//! | [`bindings`] | the contract's types and traits, generated from `wit/` |
//! | [`convert`] | conversions between the contract's types and the core's |
//! | `exports` | the implementations of the contract, one file per interface |
//! | `model` | a configured model |
//! | `call_context` | what every call is made with |
//! | `wasi` | requests, bodies and clocks over `wasi:http`, `wasi:io` and `wasi:clocks` |
//!
//! The crate compiles for every target, so that lints and tests cover it. It
//! runs only as a component, where the imports exist.

#[cfg(target_family = "wasm")]
mod allocator;
pub mod bindings;
mod call_context;
pub mod convert;
mod exports;
mod model;
mod wasi;

/// The component, which implements the contract's traits.
struct Component;
