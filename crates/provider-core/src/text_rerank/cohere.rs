//! Cohere's rerank API, also implemented by Jina, vLLM, Xinference, llama.cpp
//! and others.

use serde::Serialize;

use super::request::Request;

pub(super) const PATH: &str = "/v1/rerank";

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    query: &'a str,
    documents: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u32>,
    /// Some servers return the documents by default.
    return_documents: bool,
}

pub(super) fn body<'a>(model: &'a str, request: &'a Request, top_n: Option<u32>) -> Body<'a> {
    Body {
        model,
        query: &request.query,
        documents: &request.documents,
        top_n,
        return_documents: false,
    }
}
