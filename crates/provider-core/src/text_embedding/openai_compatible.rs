//! `OpenAI`'s embeddings, as gateways and backends speak them.

use super::batch::Batch;
use super::format::Format;
use wire::json::JsonWriter;

/// The path of the API relative to the endpoint. Higress `ai-proxy` recognises
/// it by this suffix, so any route prefix works.
pub(super) const PATH: &str = "/v1/embeddings";

/// Writes the body of a request after its `model`.
pub(super) fn write(batch: &Batch<'_>, json: &mut JsonWriter) {
    // Always an array, so that responses have one shape.
    json.member("input").string_array(batch.texts);
    if let Some(dimensions) = batch.dimensions {
        json.member("dimensions").u64(dimensions.into());
    }
    // Always sent, because the defaults of backends differ.
    json.member("encoding_format").string(match batch.format {
        Format::Float => "float",
        Format::Base64 => "base64",
    });
    json.string_if_some("user", batch.user);
}
