//! DashScope's limits, and its own endpoint for embeddings.

use serde_json::{Map, Value, json};

use super::request::{EmbeddingRequest, Encoding, texts};
use super::row::Row;
use crate::upstream::api_error::ApiError;
use crate::upstream::field::{object, positive_integer, present, text};
use crate::upstream::tokens;

pub(super) const PATH: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";

/// Of text-embedding-v4, the default first.
const DIMENSIONS: [usize; 8] = [1_024, 2_048, 1_536, 768, 512, 256, 128, 64];
const MOST_TOKENS: u64 = 8_192;

pub(super) fn read(fields: &Map<String, Value>) -> Result<EmbeddingRequest, ApiError> {
    let input = object(fields, "input")?.ok_or_else(|| ApiError::missing("input"))?;
    let given = present(input, "texts").ok_or_else(|| ApiError::missing("input.texts"))?;
    let parameters = object(fields, "parameters")?.cloned().unwrap_or_default();
    match text(&parameters, "text_type")? {
        None | Some("query" | "document") => {}
        Some(_) => {
            let message = "text_type should be one of ['query', 'document']";
            return Err(ApiError::field("parameters.text_type", message));
        }
    }
    Ok(EmbeddingRequest {
        texts: texts(given, "input.texts")?,
        dimensions: positive_integer(&parameters, "dimension")?,
        encoding: Encoding::Numbers,
    })
}

pub(super) fn check(input: &EmbeddingRequest, batch_limit: usize) -> Result<usize, ApiError> {
    if input.texts.len() > batch_limit {
        let message = format!(
            "<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than {batch_limit}.: input.contents"
        );
        return Err(ApiError::field("input", message));
    }
    if input
        .texts
        .iter()
        .any(|text| tokens::count(text) > MOST_TOKENS)
    {
        let message = format!(
            "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, {MOST_TOKENS}]"
        );
        return Err(ApiError::field("input", message));
    }
    let dimensions = input.dimensions.unwrap_or(DIMENSIONS[0]);
    if DIMENSIONS.contains(&dimensions) {
        return Ok(dimensions);
    }
    let message = format!(
        "<400> InternalError.Algo.InvalidParameter: Value error, dimension {dimensions} is invalid, it should be one of {DIMENSIONS:?}"
    );
    Err(ApiError::field("dimensions", message))
}

pub(super) fn body(rows: &[Row], tokens: u64, identifier: &str) -> Value {
    let embeddings: Vec<Value> = rows
        .iter()
        .map(|row| json!({"text_index": row.index, "embedding": row.vector}))
        .collect();
    json!({
        "output": {"embeddings": embeddings},
        "usage": {"total_tokens": tokens},
        "request_id": identifier,
    })
}
