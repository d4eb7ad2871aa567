//! Conversions between the contract's `text-embedding` and the core's.

use crate::bindings::text_embedding as wit;
use provider_core::text_embedding as core;

/// What to embed.
#[must_use]
pub fn request(request: wit::Request) -> core::Request {
    core::Request {
        texts: request.texts,
        input_type: request.input_type.map(|input_type| match input_type {
            wit::InputType::Document => core::InputType::Document,
            wit::InputType::Query => core::InputType::Query,
        }),
        dimensions: request.dimensions,
    }
}

/// The vectors.
#[must_use]
pub fn embeddings(embeddings: core::Embeddings) -> wit::Embeddings {
    wit::Embeddings {
        dimensions: embeddings.dimensions,
        values: embeddings.values,
        truncated: embeddings.truncated,
        usage: embeddings.usage.map(super::usage),
    }
}
