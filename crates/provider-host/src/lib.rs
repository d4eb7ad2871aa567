//! A plugin host for model-provider components.
//!
//! A [`ProviderHost`] is a component, compiled once. A [`Tenant`] calls it with
//! limits and an egress policy of its own; each call runs in a fresh sandbox
//! that is dropped afterwards.
//!
//! ```no_run
#![doc = include_str!("../examples/embed.rs")]
//! ```
//!
//! # Three layers
//!
//! | you have | use |
//! | --- | --- |
//! | nothing yet | [`ProviderHost`] and [`Tenant`], as above; [`Engine::from_wasmtime`] shares an engine with other plugins |
//! | an engine, linkers and stores of your own | [`add_to_linker`], and a [`SandboxFactory`] that makes stores with a [`Sandbox`] in your data: [`examples/own_store.rs`](https://docs.rs/crate/provider-host/latest/source/examples/own_store.rs) |
//! | an instance | the typed calls of [`bindings`] |
//!
//! # Features
//!
//! | feature | default | |
//! | --- | --- | --- |
//! | `ring` | yes | cryptography of TLS by `ring` |
//! | `aws-lc-rs` | no | by `aws-lc-rs` instead; it takes precedence over `ring` |
//! | `compiler` | yes | compiles components, by Cranelift; without it a host runs precompiled code alone ([`ProviderHost::from_precompiled`]) |
//! | `code-cache` | no | keeps compiled code in a folder between two starts; implies `compiler` |
//! | `metrics` | no | metrics of all tenants in the `OpenMetrics` format |

// Two places may hand machine code to the runtime: `code_cache`, `precompiled`.
#![deny(unsafe_code)]

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!("provider-host needs the feature `ring` or `aws-lc-rs` for TLS");

pub mod bindings;
#[cfg(feature = "code-cache")]
pub mod code_cache;
mod component_check;
mod component_names;
pub mod contract;
mod contract_imports;
mod contract_version;
mod counters;
mod deadline;
pub mod egress;
pub mod engine;
pub mod error;
mod exports;
pub mod form;
pub mod host;
mod limit_exceeded;
pub mod limits;
mod link;
pub mod manifest;
#[cfg(feature = "metrics")]
pub mod metrics;
mod model;
mod policy;
mod pool;
mod precompiled;
pub mod proxy;
pub mod report;
mod runtime_error;
mod sandbox;
pub mod stream;
pub mod tenant;
pub mod tls;
mod transport;

#[cfg(feature = "code-cache")]
pub use code_cache::CodeCache;
pub use contract::types::{
    CallOptions, ErrorKind, GatewayHints, GatewayMetadata, ModelConfig, ModelKind, RateLimit,
    ResponseMetadata, Timeouts, Usage,
};
pub use contract::{
    description, image_generation as image, text_embedding as embedding, text_generation as text,
    text_rerank as rerank,
};
pub use egress::{AddressScope, AllowedOrigin, EgressDenied, EgressPolicy, PlainHttp, Resolver};
pub use engine::{Engine, EngineError, EngineOptions};
pub use error::{CallError, LimitExceeded, RuntimeError};
pub use form::{Form, FormError};
pub use host::{HostError, ProviderHost};
pub use limits::Limits;
pub use link::add_to_linker;
pub use manifest::{Manifest, ManifestError};
pub use model::Model;
pub use proxy::{NoProxy, Proxies, ProxyUrl};
pub use report::{CallReport, Function, Observer, Outcome};
pub use sandbox::factory::SandboxFactory;
pub use sandbox::guard::SandboxGuard;
pub use sandbox::store::Sandbox;
pub use sandbox::view::SandboxView;
pub use stream::ResponseStream;
pub use tenant::{InstanceReuse, Tenant, TenantError, TenantPolicy, TenantUsage};
pub use tls::RootCertificates;

/// wasmtime in the version that this crate uses.
pub use wasmtime;

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
