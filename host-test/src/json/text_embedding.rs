//! Requests for vectors, and the vectors.

use super::read::{Error, from_text, from_value};
use super::response::{InfoDocument, UsageDocument};
use super::write::to_value;
use provider_host::contract::text_embedding::{InputType, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Reads a request.
///
/// # Errors
///
/// If the text is not JSON, or a field is missing, unknown or of another type.
pub fn parse_request(text: &str) -> Result<Request, Error> {
    from_text::<RequestDocument>(text).map(Into::into)
}

/// Reads a request from a value, as [`parse_request`] does from text.
///
/// # Errors
///
/// As of [`parse_request`].
pub fn read_request(value: &Value) -> Result<Request, Error> {
    from_value::<RequestDocument>(value).map(Into::into)
}

/// The JSON of the vectors: `values` is a list of vectors, one for each text.
#[must_use]
pub fn write_response(response: &Response) -> Value {
    let Response {
        dimensions,
        values,
        truncated,
        usage,
        metadata,
    } = response;
    to_value(&ResponseDocument {
        dimensions: *dimensions,
        values: rows(values, *dimensions),
        truncated,
        usage: usage.as_ref().map(UsageDocument::from),
        info: InfoDocument::from(metadata),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RequestDocument {
    texts: Vec<String>,
    input_type: Option<String>,
    dimensions: Option<u32>,
}

impl From<RequestDocument> for Request {
    fn from(document: RequestDocument) -> Self {
        Self {
            texts: document.texts,
            input_type: document.input_type.map(|word| match word.as_str() {
                "document" => InputType::Document,
                "query" => InputType::Query,
                _ => InputType::Other(word),
            }),
            dimensions: document.dimensions,
        }
    }
}

#[derive(Serialize)]
struct ResponseDocument<'a> {
    dimensions: u32,
    values: Vec<Vec<f64>>,
    truncated: &'a [u32],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageDocument>,
    info: InfoDocument<'a>,
}

fn rows(values: &[f32], dimensions: u32) -> Vec<Vec<f64>> {
    let dimensions = usize::try_from(dimensions).unwrap_or(usize::MAX);
    // Without dimensions there are no values either.
    let rows = values.chunks(dimensions.max(1));
    rows.map(|row| row.iter().copied().map(shortest).collect())
        .collect()
}

/// The number with the shortest decimal form of this value: 0.1, where the
/// widened binary value would be written as 0.10000000149011612.
fn shortest(value: f32) -> f64 {
    value
        .to_string()
        .parse()
        .unwrap_or_else(|_| f64::from(value))
}

#[cfg(test)]
mod tests {
    use super::{read_request, rows};
    use crate::json::write::to_value;
    use provider_host::contract::text_embedding::InputType;
    use serde_json::json;

    #[test]
    fn a_request_has_texts_and_may_say_what_for() {
        let request = json!({"texts": ["a", "b"], "input_type": "query", "dimensions": 64});
        let request = read_request(&request).unwrap();
        assert_eq!(request.texts, ["a", "b"]);
        assert_eq!(request.input_type, Some(InputType::Query));
        assert_eq!(request.dimensions, Some(64));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (json!({}), "missing field `texts`"),
            (
                json!({"texts": ["a", 1]}),
                "texts[1]: invalid type: integer `1`, expected a string",
            ),
            (
                json!({"texts": [], "input_type": 1}),
                "input_type: invalid type: integer `1`, expected a string",
            ),
            (
                json!({"texts": [], "dimensions": 5_000_000_000_u64}),
                "dimensions: invalid value: integer `5000000000`, expected u32",
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(read_request(&request).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn values_are_rows_of_short_numbers() {
        assert_eq!(
            to_value(&rows(&[0.1, 0.2, -1.0, 1e-9], 2)),
            json!([[0.1, 0.2], [-1.0, 1e-9]])
        );
        assert_eq!(to_value(&rows(&[], 0)), json!([]));
    }
}
