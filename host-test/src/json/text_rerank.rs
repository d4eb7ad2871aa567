//! Requests for a ranking, and the ranking.

use super::read::{Error, from_text, from_value};
use super::response::{InfoDocument, UsageDocument};
use super::write::to_value;
use provider_host::contract::text_rerank::{RankedDocument, Request, Response};
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

/// The JSON of a ranking.
#[must_use]
pub fn write_response(response: &Response) -> Value {
    let Response {
        results,
        usage,
        metadata,
    } = response;
    to_value(&ResponseDocument {
        results: results.iter().map(RankRow::from).collect(),
        usage: usage.as_ref().map(UsageDocument::from),
        info: InfoDocument::from(metadata),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RequestDocument {
    query: String,
    documents: Vec<String>,
    top_n: Option<u32>,
    score_threshold: Option<f64>,
    instruction: Option<String>,
}

impl From<RequestDocument> for Request {
    fn from(document: RequestDocument) -> Self {
        Self {
            query: document.query,
            documents: document.documents,
            top_n: document.top_n,
            score_threshold: document.score_threshold,
            instruction: document.instruction,
        }
    }
}

#[derive(Serialize)]
struct ResponseDocument<'a> {
    results: Vec<RankRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageDocument>,
    info: InfoDocument<'a>,
}

#[derive(Serialize)]
struct RankRow {
    index: u32,
    score: f64,
}

impl From<&RankedDocument> for RankRow {
    fn from(document: &RankedDocument) -> Self {
        let RankedDocument { index, score } = *document;
        Self { index, score }
    }
}

#[cfg(test)]
mod tests {
    use super::{RankRow, RankedDocument, read_request};
    use crate::json::write::to_value;
    use serde_json::json;

    #[test]
    fn a_request_has_a_query_and_documents() {
        let request = json!({"query": "q", "documents": ["a"], "score_threshold": 0.5});
        let request = read_request(&request).unwrap();
        assert_eq!(request.query, "q");
        assert_eq!(request.score_threshold, Some(0.5));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (json!({"query": "q"}), "missing field `documents`"),
            (
                json!({"query": "q", "documents": "a"}),
                "documents: invalid type: string, expected a sequence",
            ),
            (
                json!({"query": "q", "documents": [], "top_n": "2"}),
                "top_n: invalid type: string, expected u32",
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(read_request(&request).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_place_is_index_and_score() {
        let document = RankedDocument {
            index: 2,
            score: 0.25,
        };
        assert_eq!(
            to_value(&RankRow::from(&document)),
            json!({"index": 2, "score": 0.25})
        );
    }
}
