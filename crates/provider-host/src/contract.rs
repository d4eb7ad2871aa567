//! The contract's types, as Rust sees them: generated from `wit/` and
//! re-exported by name, one module for each interface. Nothing else of what
//! the generator writes is public.
//!
//! [`types::Model`] and [`types::CallOptions`] carry secrets, and are written
//! by hand so that nothing can print them.

mod confidential;
mod error_kind;
mod requests;

#[expect(
    missing_docs,
    reason = "written by wasmtime's generator; the WIT holds the documentation"
)]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "higress:model-provider/provider",
        exports: { default: async },
        additional_derives: [PartialEq, Clone, serde::Serialize, serde::Deserialize],
        with: {
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:http": wasmtime_wasi_http::p2::bindings::http,
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:random": wasmtime_wasi::p2::bindings::random,
        },
    });
}

pub(crate) use generated::{Provider, ProviderPre};

/// The contract version that this host speaks: the version of the WIT package
/// in `wit/`.
pub const VERSION: &str = "0.1.0";

/// The world that a component must fit, as a manifest names it.
pub const WORLD: &str = "higress:model-provider/provider";

/// Types that every other interface uses.
pub mod types {
    pub use super::confidential::{CallOptions, Model};
    pub use super::generated::exports::higress::model_provider::types::{
        Error, ErrorKind, ModelKind, RateLimit, ResponseMetadata, Usage,
    };
}

/// What a provider and its models can do.
pub mod description {
    pub use super::generated::exports::higress::model_provider::description::{
        CompletionMode, Feature, LocalizedText, ModelDescription, ParameterRule, ParameterType,
        Pricing, ProviderInfo,
    };
}

/// Text from messages.
pub mod text_generation {
    pub use super::generated::exports::higress::model_provider::text_generation::{
        AssistantTurn, ContentPart, Event, FinishReason, Generation, ImageDetail, JsonSchema,
        Media, MediaKind, MediaSource, Message, Parameters, ReasoningEffort, Request,
        ResponseFormat, Role, SearchContextSize, Tool, ToolCall, ToolCallFragment, ToolChoice,
    };
}

/// Images from a prompt.
pub mod image_generation {
    pub use super::generated::exports::higress::model_provider::image_generation::{
        Generation, Image, ReferenceImage, Request,
    };
}

/// Vectors from texts.
pub mod text_embedding {
    pub use super::generated::exports::higress::model_provider::text_embedding::{
        Embeddings, InputType, Request,
    };
}

/// Documents in the order of their relevance.
pub mod text_rerank {
    pub use super::generated::exports::higress::model_provider::text_rerank::{
        RankedDocument, Ranking, Request,
    };
}
