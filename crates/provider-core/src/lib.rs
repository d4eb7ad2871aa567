//! The Higress model provider without input and output: it turns a call into an
//! [`http::Request`], and the bytes of the response, pushed in chunks, into
//! typed events. It has no clock, no transport and no knowledge of the contract;
//! the component adds them.
//!
//! | module | contents |
//! | --- | --- |
//! | [`text_generation`] | chat: types, and one folder per protocol |
//! | [`image_generation`] | images: types, tasks, and one file per protocol |
//! | [`text_embedding`] | embeddings: types, batches, and one file per protocol |
//! | [`text_rerank`] | rerank: types, and one file per protocol |
//! | [`description`] | the capabilities of a model, from its form |
//! | [`api_request`] | requests to the API of an endpoint |
//! | [`call_options`] | the options of a call, resolved with the tenant's settings |
//! | [`credentials`] | the parsed form: endpoint, authentication, settings |
//! | [`authentication`] | the methods of authentication, one file each |
//! | [`response`] | metadata, error responses and unexpected responses |
//! | [`form`] | the filled form, and the list of its variables |
//! | [`retry`] | whether and when to retry a request |
//! | [`token_estimate`] | the estimated token count of a text |
//! | [`error`], [`headers`], [`http`], [`secret`], [`timeouts`], [`usage`] | types that all of them share |
//!
//! Modules import only modules below them in this table, and byte formats from
//! the crate `wire`.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used,
    )
)]

pub mod api_request;
pub mod authentication;
pub mod call_options;
pub mod credentials;
pub mod description;
pub mod error;
pub mod form;
pub mod headers;
pub mod http;
pub mod image_generation;
pub mod response;
pub mod retry;
pub mod secret;
pub mod text_embedding;
pub mod text_generation;
pub mod text_rerank;
pub mod timeouts;
pub mod token_estimate;
pub mod usage;

/// The version of the provider, as in the manifest and in `User-Agent`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
