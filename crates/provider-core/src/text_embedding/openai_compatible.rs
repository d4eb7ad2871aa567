//! `OpenAI`'s embeddings, as gateways and backends speak them.

use serde::Serialize;

use super::batch::Batch;
use super::format::Format;

/// The path of the API relative to the endpoint. Higress `ai-proxy` recognises
/// it by this suffix, so any route prefix works.
pub(super) const PATH: &str = "/v1/embeddings";

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    /// Always an array, so that responses have one shape.
    input: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
    /// Always sent, because the defaults of backends differ.
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

/// The body of the request for a batch.
pub(super) fn body<'a>(batch: &Batch<'a>) -> Body<'a> {
    Body {
        model: batch.model,
        input: batch.texts,
        dimensions: batch.dimensions,
        encoding_format: match batch.format {
            Format::Float => "float",
            Format::Base64 => "base64",
        },
        user: batch.user,
    }
}
