//! Cohere's rerank API, also implemented by Jina, vLLM, Xinference, llama.cpp
//! and others.

use super::members::Members;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/rerank";

pub(super) fn write(members: &Members<'_>, json: &mut JsonWriter) {
    members.write_texts(json);
    members.write_top_n(json);
    // Some servers return the documents by default.
    json.member("return_documents").boolean(false);
}
