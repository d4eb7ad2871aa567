//! The contract's types: those of [`bindings`](crate::bindings), one module for
//! each interface, with defaults and constructors.
//!
//! [`types::ModelConfig`] and [`types::CallOptions`] hold secrets. They are written
//! by hand, and their `Debug` prints names without values.

mod confidential;
mod error_kind;
mod model_kind;
mod requests;
mod responses;

/// The contract version that this host implements: the version of the WIT
/// package in `wit/`.
pub const VERSION: &str = "0.2.0";

/// The worlds that a component may implement, as a manifest names them: that of
/// every kind first, then those of one kind.
pub const WORLDS: [&str; 5] = [
    "higress:model-provider/provider",
    "higress:model-provider/text-generation-provider",
    "higress:model-provider/image-generation-provider",
    "higress:model-provider/text-embedding-provider",
    "higress:model-provider/text-rerank-provider",
];

/// Types that every other interface uses.
pub mod types {
    pub use super::confidential::{CallOptions, ModelConfig};
    pub use crate::bindings::types::{
        Error, ErrorKind, GatewayHints, GatewayMetadata, ModelKind, RateLimit, ResponseMetadata,
        Timeouts, Usage,
    };
}

/// What a provider and its models can do.
pub mod description {
    pub use crate::bindings::description::{
        CompletionMode, Feature, LocalizedText, ModelDescription, ParameterRule, ParameterType,
        Pricing, ProviderInfo,
    };
}

/// Text from messages.
pub mod text_generation {
    pub use crate::bindings::text_generation::{
        AssistantMessage, CachePoint, Citation, ContentMessage, ContentPart, Event, FinishReason,
        GeneratedAudio, GeneratedImage, GeneratedToolCall, ImageDetail, JsonSchema, Media,
        MediaKind, MediaSource, Message, Parameters, ReasoningEffort, Request, Response,
        ResponseFormat, SearchContextSize, Tool, ToolCall, ToolCallFragment, ToolChoice,
        ToolMessage,
    };
}

/// Images from a prompt.
pub mod image_generation {
    pub use crate::bindings::image_generation::{
        Image, ImageData, ReferenceImage, Request, Response,
    };
}

/// Vectors from texts.
pub mod text_embedding {
    pub use crate::bindings::text_embedding::{InputType, Request, Response};
}

/// Documents in the order of their relevance.
pub mod text_rerank {
    pub use crate::bindings::text_rerank::{RankedDocument, Request, Response};
}
