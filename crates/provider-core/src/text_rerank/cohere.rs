//! Rerank as Cohere began it: Jina, vLLM, Xinference, llama.cpp and others
//! followed.

use super::Wanted;
use crate::json::Json;

pub(super) const PATH: &str = "/v1/rerank";

pub(super) fn write(wanted: &Wanted<'_>, json: &mut Json) {
    wanted.write_texts(json);
    wanted.write_top_n(json);
    // Some send them back unless told not to.
    json.member("return_documents").boolean(false);
}
