//! `OpenAI`'s embeddings, as gateways and backends speak them.

use super::batch::Batch;
use super::format::Format;
use wire::json::JsonWriter;

/// Where the API lies behind the endpoint's base. Higress `ai-proxy`
/// recognises it by this suffix, so any route prefix works.
pub(super) const PATH: &str = "/v1/embeddings";

/// Writes the body of a request behind its model.
pub(super) fn write(batch: &Batch<'_>, json: &mut JsonWriter) {
    // An array even for one text, so that each response has the same shape.
    json.member("input").string_array(batch.texts);
    if let Some(dimensions) = batch.dimensions {
        json.member("dimensions").u64(dimensions.into());
    }
    // Always said: what a backend does without it differs.
    json.member("encoding_format").string(match batch.format {
        Format::Float => "float",
        Format::Base64 => "base64",
    });
    json.string_if_some("user", batch.user);
}
