//! DashScope's native rerank: query and documents in `input`, the rest in
//! `parameters`.

use super::Wanted;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

pub(super) fn write(wanted: &Wanted<'_>, json: &mut JsonWriter) {
    json.member("input").begin_object();
    wanted.write_texts(json);
    json.end_object();
    json.member("parameters").begin_object();
    // The texts are here already: they need not come back.
    json.member("return_documents").boolean(false);
    wanted.write_top_n(json);
    wanted.write_instruction(json);
    json.end_object();
}
