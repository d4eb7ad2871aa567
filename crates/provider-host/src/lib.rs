//! A plugin host for model-provider components.
//!
//! A [`host::ProviderHost`] is a component, compiled once. A [`tenant::Tenant`] calls
//! it with limits and an egress policy of its own; each call runs in a fresh
//! sandbox that is thrown away afterwards.
//!
//! ```no_run
#![doc = include_str!("../examples/embed.rs")]
//! ```

// One place may hand machine code to the runtime: `code_cache`.
#![deny(unsafe_code)]

pub mod code_cache;
pub mod contract;
pub mod egress;
pub mod engine;
pub mod error;
pub mod form;
pub mod host;
mod inspection;
pub mod limits;
mod link;
pub mod manifest;
pub mod metrics;
pub mod proxy;
pub mod report;
pub mod response;
mod sandbox;
pub mod stream;
pub mod tenant;
pub mod tls;
mod transport;

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
