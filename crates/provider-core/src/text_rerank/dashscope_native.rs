//! DashScope's native rerank: query and documents in `input`, the rest in
//! `parameters`.

use serde::Serialize;

use super::request::Request;

pub(super) const PATH: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    input: Input<'a>,
    parameters: Parameters<'a>,
}

#[derive(Serialize)]
struct Input<'a> {
    query: &'a str,
    documents: &'a [String],
}

#[derive(Serialize)]
struct Parameters<'a> {
    /// The documents need not be returned.
    return_documents: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruct: Option<&'a str>,
}

pub(super) fn body<'a>(model: &'a str, request: &'a Request, top_n: Option<u32>) -> Body<'a> {
    Body {
        model,
        input: Input {
            query: &request.query,
            documents: &request.documents,
        },
        parameters: Parameters {
            return_documents: false,
            top_n,
            instruct: request.instruction.as_deref(),
        },
    }
}
