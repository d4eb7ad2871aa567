//! DashScope's native rerank: query and documents in `input`, the rest in
//! `parameters`.

use super::members::Members;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

pub(super) fn write(members: &Members<'_>, json: &mut JsonWriter) {
    json.member("input").begin_object();
    members.write_texts(json);
    json.end_object();
    json.member("parameters").begin_object();
    // The documents need not be returned.
    json.member("return_documents").boolean(false);
    members.write_top_n(json);
    members.write_instruction(json);
    json.end_object();
}
