//! The contract's types: those of [`bindings`](crate::bindings), one module for
//! each interface, with defaults and constructors.
//!
//! [`types::Model`] and [`types::CallOptions`] hold secrets. They are written
//! by hand, and their `Debug` prints names without values.

mod confidential;
mod error_kind;
mod requests;

/// The contract version that this host implements: the version of the WIT
/// package in `wit/`.
pub const VERSION: &str = "0.1.0";

/// The world that a component must implement, as a manifest names it.
pub const WORLD: &str = "higress:model-provider/provider";

/// Types that every other interface uses.
pub mod types {
    pub use super::confidential::{CallOptions, Model};
    pub use crate::bindings::types::{
        Error, ErrorKind, ModelKind, RateLimit, ResponseMetadata, Usage,
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
        AssistantTurn, ContentPart, Event, FinishReason, Generation, ImageDetail, JsonSchema,
        Media, MediaKind, MediaSource, Message, Parameters, ReasoningEffort, Request,
        ResponseFormat, Role, SearchContextSize, Tool, ToolCall, ToolCallFragment, ToolChoice,
    };
}

/// Images from a prompt.
pub mod image_generation {
    pub use crate::bindings::image_generation::{Generation, Image, ReferenceImage, Request};
}

/// Vectors from texts.
pub mod text_embedding {
    pub use crate::bindings::text_embedding::{Embeddings, InputType, Request};
}

/// Documents in the order of their relevance.
pub mod text_rerank {
    pub use crate::bindings::text_rerank::{RankedDocument, Ranking, Request};
}
