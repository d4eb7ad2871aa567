//! The Rust types and traits of the contract in `wit/`, generated and
//! re-exported by name, one module per interface.

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_qualifications,
    clippy::pedantic,
    clippy::restriction,
    reason = "written by wit-bindgen; the WIT holds the documentation"
)]
mod generated {
    wit_bindgen::generate!({
        world: "provider",
        path: "wit",
        pub_export_macro: true,
        additional_derives: [serde::Serialize, serde::Deserialize],
        // For constructors of C, of which there are none.
        disable_run_ctors_once_workaround: true,
        with: {
            "wasi:clocks/monotonic-clock@0.2.4": wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.4": wasi::clocks::wall_clock,
            "wasi:http/outgoing-handler@0.2.4": wasi::http::outgoing_handler,
            "wasi:http/types@0.2.4": wasi::http::types,
            "wasi:io/error@0.2.4": wasi::io::error,
            "wasi:io/poll@0.2.4": wasi::io::poll,
            "wasi:io/streams@0.2.4": wasi::io::streams,
            "wasi:random/random@0.2.4": wasi::random::random,
        },
    });
}

#[cfg(target_family = "wasm")]
#[allow(unreachable_pub, reason = "written by wit-bindgen")]
mod exports {
    use super::generated;
    use crate::Component;

    generated::export!(Component with_types_in generated);
}

/// Version of the WIT package in `wit/`.
pub const VERSION: &str = "0.1.0";

/// Types that every other interface uses.
pub mod types {
    pub use super::generated::exports::higress::model_provider::types::{
        CallOptions, Error, ErrorKind, Guest, GuestSession, Model, ModelKind, RateLimit,
        ResponseMetadata, SessionBorrow, Usage,
    };
}

/// Checking a filled form.
pub mod credentials {
    pub use super::generated::exports::higress::model_provider::credentials::Guest;
}

/// What the provider and its models can do.
pub mod description {
    pub use super::generated::exports::higress::model_provider::description::{
        CompletionMode, Feature, Guest, LocalizedText, ModelDescription, ParameterRule,
        ParameterType, Pricing, ProviderInfo,
    };
}

/// Text from messages.
pub mod text_generation {
    pub use super::generated::exports::higress::model_provider::text_generation::{
        ContentPart, Event, FinishReason, Generation, GenerationStream, Guest,
        GuestGenerationStream, GuestPreparedRequest, ImageDetail, MediaKind, MediaSource, Message,
        Parameters, ReasoningEffort, Request, ResponseFormat, Role, SearchContextSize, Tool,
        ToolCall, ToolCallFragment, ToolChoice,
    };
}

/// Images from a prompt.
pub mod image_generation {
    pub use super::generated::exports::higress::model_provider::image_generation::{
        Generation, Guest, Image, ReferenceImage, Request,
    };
}

/// Vectors from texts.
pub mod text_embedding {
    pub use super::generated::exports::higress::model_provider::text_embedding::{
        Embeddings, Guest, InputType, Request,
    };
}

/// Documents in the order of their relevance.
pub mod text_rerank {
    pub use super::generated::exports::higress::model_provider::text_rerank::{
        Guest, RankedDocument, Ranking, Request,
    };
}
