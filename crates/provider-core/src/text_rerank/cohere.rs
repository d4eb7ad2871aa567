//! Rerank as Cohere began it: Jina, vLLM, Xinference, llama.cpp and others
//! followed.

use super::members::Members;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/rerank";

pub(super) fn write(members: &Members<'_>, json: &mut JsonWriter) {
    members.write_texts(json);
    members.write_top_n(json);
    // Some send them back unless told not to.
    json.member("return_documents").boolean(false);
}
