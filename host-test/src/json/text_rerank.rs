//! Requests for a ranking, and the ranking.

use super::node::Node;
use super::problem::Problem;
use super::record::{Record, list};
use super::response::{write_info, write_usage};
use provider_host::contract::text_rerank::{RankedDocument, Ranking, Request};
use provider_host::response::Response;
use serde_json::Value;

/// Reads a request.
///
/// # Errors
///
/// If a field is missing, unknown or of another type.
pub fn read_request(value: &Value) -> Result<Request, Problem> {
    Node::root(value).record(|fields| {
        Ok(Request {
            query: fields.required("query")?.string()?,
            documents: fields.required("documents")?.list(Node::string)?,
            top_n: fields.read("top_n", Node::integer)?,
            score_threshold: fields.read("score_threshold", Node::number)?,
            instruction: fields.read("instruction", Node::string)?,
        })
    })
}

/// The JSON of a ranking.
#[must_use]
pub fn write_ranking(response: &Response<Ranking>) -> Value {
    let Ranking { results, usage } = &response.content;
    Record::new()
        .field("results", list(results, write_document))
        .optional("usage", usage.as_ref().map(write_usage))
        .field("info", write_info(&response.metadata))
        .into()
}

fn write_document(document: &RankedDocument) -> Value {
    let RankedDocument { index, score } = *document;
    Record::new()
        .field("index", index)
        .field("score", score)
        .into()
}

#[cfg(test)]
mod tests {
    use super::{RankedDocument, read_request, write_document};
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
            (json!({"query": "q"}), "documents: is missing"),
            (
                json!({"query": "q", "documents": "a"}),
                "documents: must be a list, not a text",
            ),
            (
                json!({"query": "q", "documents": [], "top_n": "2"}),
                "top_n: must be a whole number, not a text",
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
            write_document(&document),
            json!({"index": 2, "score": 0.25})
        );
    }
}
