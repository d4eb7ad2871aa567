//! Embedding requests: the texts, and how their vectors are to be returned.

use serde_json::Value;

use crate::upstream::api_error::ApiError;

/// A request, whatever its endpoint.
pub(super) struct EmbeddingRequest {
    pub(super) texts: Vec<String>,
    pub(super) dimensions: Option<usize>,
    pub(super) encoding: Encoding,
}

/// How a vector is written.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Numbers,
    /// 32-bit floating-point numbers, little-endian, in base64.
    Base64,
}

/// The texts of a field with one text or a list of them, none empty.
pub(super) fn texts(value: &Value, place: &str) -> Result<Vec<String>, ApiError> {
    let wrong_type = || ApiError::wrong_type(place, "a string or an array of strings");
    let texts = match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong_type))
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong_type()),
    };
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        let message = format!("Invalid '{place}': it cannot be empty, nor hold an empty string.");
        return Err(ApiError::field(place, message));
    }
    Ok(texts)
}
