//! `OpenAI`'s embeddings, as gateways and backends speak them.

use serde::Serialize;

use super::{Batch, Format};

/// Where the API lies behind the endpoint's base. Higress `ai-proxy`
/// recognises it by this suffix, so any route prefix works.
pub(super) const PATH: &str = "/v1/embeddings";

/// The body of a request.
pub(super) fn encode(batch: &Batch<'_>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Body {
        model: batch.model,
        input: batch.texts,
        dimensions: batch.dimensions,
        encoding_format: match batch.format {
            Format::Float => "float",
            Format::Base64 => "base64",
        },
        user: batch.user,
    })
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    /// An array even for one text, so that each reply has the same shape.
    input: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
    /// Always said: what a backend does without it differs.
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}
