//! Conversions between the contract's `text-embedding` and the core's.

use crate::bindings::text_embedding as wit;
use crate::bindings::types;
use provider_core::error::Error;
use provider_core::text_embedding as core;

/// What to embed.
///
/// # Errors
///
/// `unsupported` for an input type that no protocol here has.
pub fn request(request: wit::Request) -> Result<core::Request, Error> {
    Ok(core::Request {
        texts: request.texts,
        input_type: request.input_type.as_ref().map(input_type).transpose()?,
        dimensions: request.dimensions,
    })
}

fn input_type(input_type: &wit::InputType) -> Result<core::InputType, Error> {
    match input_type {
        wit::InputType::Document => Ok(core::InputType::Document),
        wit::InputType::Query => Ok(core::InputType::Query),
        wit::InputType::Other(_) => Err(Error::unsupported(
            "an `input_type` other than document and query",
        )
        .with_field("input_type")),
    }
}

/// The vectors, with the metadata of the last response.
#[must_use]
pub fn response(embeddings: core::Embeddings, metadata: types::ResponseMetadata) -> wit::Response {
    wit::Response {
        dimensions: embeddings.dimensions,
        values: embeddings.values,
        truncated: embeddings.truncated,
        usage: embeddings.usage.map(super::usage),
        metadata,
    }
}
