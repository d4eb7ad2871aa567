//! DashScope's own embedding API. Unlike its compatible API, it distinguishes
//! queries from documents.

use super::batch::Batch;
use super::request::InputType;
use wire::json::JsonWriter;

/// The path of the API relative to the endpoint.
pub(super) const PATH: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";

/// Writes the body of a request after its `model`. The API returns vectors only
/// as numbers, and has no field for the end user.
pub(super) fn write(batch: &Batch<'_>, json: &mut JsonWriter) {
    json.member("input").begin_object();
    json.member("texts").string_array(batch.texts);
    json.end_object();
    if batch.input_type.is_none() && batch.dimensions.is_none() {
        return;
    }
    json.member("parameters").begin_object();
    let text_type = batch.input_type.map(|input_type| match input_type {
        InputType::Document => "document",
        InputType::Query => "query",
    });
    json.string_if_some("text_type", text_type);
    if let Some(dimensions) = batch.dimensions {
        json.member("dimension").u64(dimensions.into());
    }
    json.end_object();
}
