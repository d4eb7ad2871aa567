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
pub const VERSION: &str = "0.2.0";

/// Types that the other interfaces use.
pub mod types {
    pub use super::generated::exports::higress::model_provider::types::{
        CallOptions, Error, ErrorKind, GatewayHints, GatewayMetadata, ModelConfig, ModelKind,
        RateLimit, ResponseMetadata, Timeouts, Usage,
    };
}

/// What the provider and its models can do.
pub mod description {
    pub use super::generated::exports::higress::model_provider::description::{
        CompletionMode, Feature, Guest, LocalizedText, ModelDescription, ParameterRule,
        ParameterType, Pricing, ProviderInfo,
    };
}

/// Configured models.
pub mod models {
    pub use super::generated::exports::higress::model_provider::models::{
        Guest, GuestModel, Model, ModelBorrow,
    };
}

/// Text from messages.
pub mod text_generation {
    pub use super::generated::exports::higress::model_provider::text_generation::{
        AssistantMessage, CachePoint, Citation, ContentMessage, ContentPart, Event, FinishReason,
        GeneratedAudio, GeneratedImage, GeneratedToolCall, Guest, GuestResponseStream, ImageDetail,
        JsonSchema, Media, MediaKind, MediaSource, Message, Parameters, ReasoningEffort, Request,
        Response, ResponseFormat, ResponseStream, SearchContextSize, Tool, ToolCall,
        ToolCallFragment, ToolChoice, ToolMessage,
    };
}

/// Images from a prompt.
pub mod image_generation {
    pub use super::generated::exports::higress::model_provider::image_generation::{
        Guest, Image, ImageData, ReferenceImage, Request, Response,
    };
}

/// Vectors from texts.
pub mod text_embedding {
    pub use super::generated::exports::higress::model_provider::text_embedding::{
        Guest, InputType, Request, Response,
    };
}

/// Documents in the order of their relevance.
pub mod text_rerank {
    pub use super::generated::exports::higress::model_provider::text_rerank::{
        Guest, RankedDocument, Request, Response,
    };
}

/// Estimated token counts.
pub mod token_estimate {
    pub use super::generated::exports::higress::model_provider::token_estimate::Guest;
}
