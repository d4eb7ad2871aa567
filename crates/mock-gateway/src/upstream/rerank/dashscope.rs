//! DashScope's own form: `input` and `parameters`, and an `output`.

use serde_json::{Map, Value, json};

use super::request::{RerankRequest, Returned};
use crate::upstream::api_error::ApiError;
use crate::upstream::field::object;

pub(super) const PATH: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

pub(super) fn read(fields: &Map<String, Value>) -> Result<RerankRequest, ApiError> {
    let input = object(fields, "input")?.ok_or_else(|| ApiError::missing("input"))?;
    let none = Map::new();
    let parameters = object(fields, "parameters")?.unwrap_or(&none);
    RerankRequest::read(input, parameters, Returned::No)
}

pub(super) fn body(results: &[Value], tokens: u64, identifier: &str) -> Value {
    json!({
        "output": {"results": results},
        "usage": {"total_tokens": tokens},
        "request_id": identifier,
    })
}
