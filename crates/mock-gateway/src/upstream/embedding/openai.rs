//! `POST /v1/embeddings`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::request::{EmbeddingRequest, Encoding, texts};
use super::row::Row;
use crate::upstream::api_error::ApiError;
use crate::upstream::field::{positive_integer, present, text};
use crate::upstream::tokens;

pub(super) const PATH: &str = "/v1/embeddings";

/// Of text-embedding-3-small.
const DIMENSIONS: usize = 1_536;
const MOST_TOKENS: u64 = 8_192;

pub(super) fn read(fields: &Map<String, Value>) -> Result<EmbeddingRequest, ApiError> {
    let input = present(fields, "input").ok_or_else(|| ApiError::missing("input"))?;
    let encoding = match text(fields, "encoding_format")? {
        None | Some("float") => Encoding::Numbers,
        Some("base64") => Encoding::Base64,
        Some(other) => {
            let message =
                format!("Invalid value: '{other}'. Supported values are: 'float' and 'base64'.");
            return Err(ApiError::field("encoding_format", message).code("invalid_value"));
        }
    };
    Ok(EmbeddingRequest {
        texts: texts(input, "input")?,
        dimensions: positive_integer(fields, "dimensions")?,
        encoding,
    })
}

pub(super) fn check(input: &EmbeddingRequest, batch_limit: usize) -> Result<usize, ApiError> {
    let count = input.texts.len();
    if count > batch_limit {
        let message = format!(
            "Invalid 'input': array too long. Expected an array with maximum length {batch_limit}, but got an array with length {count} instead."
        );
        return Err(ApiError::field("input", message).code("array_above_max_length"));
    }
    let longest = input.texts.iter().map(|text| tokens::count(text)).max();
    if let Some(tokens) = longest.filter(|&tokens| tokens > MOST_TOKENS) {
        let message = format!(
            "This model's maximum context length is {MOST_TOKENS} tokens, however you requested {tokens} tokens. Please reduce your prompt."
        );
        return Err(ApiError::field("input", message).code("context_length_exceeded"));
    }
    match input.dimensions {
        None => Ok(DIMENSIONS),
        Some(dimensions) if dimensions <= DIMENSIONS => Ok(dimensions),
        Some(_) => {
            let message =
                format!("Invalid value for 'dimensions': this model has at most {DIMENSIONS}.");
            Err(ApiError::field("dimensions", message))
        }
    }
}

pub(super) fn body(rows: &[Row], encoding: Encoding, tokens: u64, model: &str) -> Value {
    let data: Vec<Value> = rows
        .iter()
        .map(|row| {
            let embedding = match encoding {
                Encoding::Numbers => json!(row.vector),
                Encoding::Base64 => STANDARD.encode(bytes(&row.vector)).into(),
            };
            json!({"object": "embedding", "index": row.index, "embedding": embedding})
        })
        .collect();
    json!({
        "object": "list",
        "data": data,
        "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    })
}

fn bytes(vector: &[f32]) -> Vec<u8> {
    vector
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}
