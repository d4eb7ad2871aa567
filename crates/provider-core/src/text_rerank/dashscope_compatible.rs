//! DashScope's compatible rerank API: all members on one level. On DashScope
//! itself the path follows `/compatible-api`, which is then part of the
//! endpoint.

use serde::Serialize;

use super::request::Request;

pub(super) const PATH: &str = "/v1/reranks";

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    query: &'a str,
    documents: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruct: Option<&'a str>,
}

pub(super) fn body<'a>(model: &'a str, request: &'a Request, top_n: Option<u32>) -> Body<'a> {
    Body {
        model,
        query: &request.query,
        documents: &request.documents,
        top_n,
        instruct: request.instruction.as_deref(),
    }
}
