//! A model provider for plugin hosts, as a WebAssembly component: it reaches
//! models through a Higress AI gateway.
//!
//! The crate has two layers. The **core** does no input or output and knows
//! neither clock nor contract: it turns a call into an [`http::Request`] and
//! the bytes of the response, pushed in as they come, into typed events. The
//! between the core and `wasi:http`.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`credentials`] | the filled form, parsed; the endpoint's URL |
//! | [`authentication`] | how a request proves who sends it |
//! | [`text_generation`] | chat: types, and one folder per protocol |
//! | [`description`] | what a model can do, as its form says |
//! | [`text_embedding`] | vectors: types, batches, and one file per protocol |
//! | [`image_generation`] | images: types, tasks, and one file per protocol |
//! | [`text_rerank`] | rerank: types, and one file per protocol |
//! | [`sse`] | server-sent events out of bytes; like all that reads bytes, in the crate of `src/reading/` |
//! | [`token_estimate`] | how many tokens a text is, about |
//! | [`retry`] | what may be sent again, and when |
//! | [`response`] | what every response tells: facts, refusals, lenient JSON values |
//! | [`call`], [`post`], [`get`], [`json`] | settings of one call; the requests that calls send, and their bodies |
//! | [`http`], [`http_date`], [`decimal`], [`base64`], [`error`] | the vocabulary of all of them |
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
