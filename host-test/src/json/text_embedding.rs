//! Requests for vectors, and the vectors.

use super::node::Node;
use super::problem::Problem;
use super::record::Record;
use super::response::{write_info, write_usage};
use provider_host::contract::text_embedding::{Embeddings, InputType, Request};
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
            texts: fields.required("texts")?.list(Node::string)?,
            input_type: fields.read("input_type", |node| {
                node.word(&[
                    ("document", InputType::Document),
                    ("query", InputType::Query),
                ])
            })?,
            dimensions: fields.read("dimensions", Node::integer)?,
        })
    })
}

/// The JSON of the vectors: `values` is a list of vectors, one for each text.
#[must_use]
pub fn write_embeddings(response: &Response<Embeddings>) -> Value {
    let Embeddings {
        dimensions,
        values,
        truncated,
        usage,
    } = &response.content;
    Record::new()
        .field("dimensions", *dimensions)
        .field("values", rows(values, *dimensions))
        .field("truncated", truncated.as_slice())
        .optional("usage", usage.as_ref().map(write_usage))
        .field("info", write_info(&response.metadata))
        .into()
}

fn rows(values: &[f32], dimensions: u32) -> Value {
    let dimensions = usize::try_from(dimensions).unwrap_or(usize::MAX);
    // Without dimensions there are no values either.
    let rows = values.chunks(dimensions.max(1));
    rows.map(|row| row.iter().copied().map(shortest).collect::<Value>())
        .collect()
}

/// The shortest decimal number that is this value: 0.1, where the widened
/// binary value would be written as 0.10000000149011612.
fn shortest(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .unwrap_or_else(|_| f64::from(value))
        .into()
}

#[cfg(test)]
mod tests {
    use super::{read_request, rows};
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
            (json!({}), "texts: is missing"),
            (
                json!({"texts": ["a", 1]}),
                "texts[1]: must be a text, not a number",
            ),
            (
                json!({"texts": [], "input_type": "passage"}),
                "input_type: \"passage\" is not one of `document`, `query`",
            ),
            (
                json!({"texts": [], "dimensions": 5_000_000_000_u64}),
                "dimensions: is out of range",
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(read_request(&request).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn values_are_rows_of_short_numbers() {
        assert_eq!(
            rows(&[0.1, 0.2, -1.0, 1e-9], 2),
            json!([[0.1, 0.2], [-1.0, 1e-9]])
        );
        assert_eq!(rows(&[], 0), json!([]));
    }
}
