//! Rerank as Cohere began it: Jina, vLLM, Xinference, llama.cpp and others
//! followed.

use super::Wanted;
use wire::json::JsonWriter;

pub(super) const PATH: &str = "/v1/rerank";

pub(super) fn write(wanted: &Wanted<'_>, json: &mut JsonWriter) {
    wanted.write_texts(json);
    wanted.write_top_n(json);
    // Some send them back unless told not to.
    json.member("return_documents").boolean(false);
}
