//! DashScope's own embedding API. Unlike its compatible one it is told what
//! the vectors are for.

use super::batch::Batch;
use super::request::InputType;
use wire::json::JsonWriter;

/// Where the API lies behind the endpoint's base.
pub(super) const PATH: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";

/// Writes the body of a request behind its model. The vectors come as numbers:
/// the API has no other form, and no field for the end user.
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
