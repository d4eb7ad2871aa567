//! Settings of one call.

use super::node::Node;
use super::problem::Problem;
use provider_host::contract::types::CallOptions;
use serde_json::Value;

/// Reads call options. `headers` is an object of names and values, or, where
/// a name comes twice, a list of pairs.
///
/// # Errors
///
/// If a field is unknown or of another type.
pub fn read_options(value: &Value) -> Result<CallOptions, Problem> {
    Node::root(value).record(|fields| {
        Ok(CallOptions {
            connect_timeout_ms: fields.read("connect_timeout_ms", Node::integer)?,
            first_byte_timeout_ms: fields.read("first_byte_timeout_ms", Node::integer)?,
            between_bytes_timeout_ms: fields.read("between_bytes_timeout_ms", Node::integer)?,
            max_retries: fields.read("max_retries", Node::integer)?,
            headers: fields.read("headers", read_headers)?.unwrap_or_default(),
            end_user_id: fields.read("end_user_id", Node::string)?,
            session_id: fields.read("session_id", Node::string)?,
            skip_cache: fields
                .read("skip_cache", Node::boolean)?
                .unwrap_or_default(),
            routing_model: fields.read("routing_model", Node::string)?,
            traceparent: fields.read("traceparent", Node::string)?,
            request_id: fields.read("request_id", Node::string)?,
        })
    })
}

fn read_headers(node: &Node<'_>) -> Result<Vec<(String, String)>, Problem> {
    if node.value().is_array() {
        return node.list(read_pair);
    }
    let members = node.members()?.into_iter();
    members
        .map(|(name, value)| Ok((name.to_owned(), value.string()?)))
        .collect()
}

fn read_pair(node: &Node<'_>) -> Result<(String, String), Problem> {
    match <[String; 2]>::try_from(node.list(Node::string)?) {
        Ok([name, value]) => Ok((name, value)),
        Err(_) => Err(node.problem("must be a pair: name and value")),
    }
}

#[cfg(test)]
mod tests {
    use super::read_options;
    use serde_json::{Value, json};

    fn problem(value: &Value) -> String {
        read_options(value).unwrap_err().to_string()
    }

    #[test]
    fn everything_may_be_absent() {
        let options = read_options(&json!({})).unwrap();
        assert_eq!(options.max_retries, None);
        assert!(options.headers.is_empty());
        assert!(!options.skip_cache);
    }

    #[test]
    fn headers_are_an_object_or_a_list_of_pairs() {
        let pair = ("x-a".to_owned(), "b".to_owned());
        for headers in [json!({"x-a": "b"}), json!([["x-a", "b"]])] {
            let options = read_options(&json!({"headers": headers})).unwrap();
            assert_eq!(options.headers, std::slice::from_ref(&pair));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            problem(&json!({"headers": [["x-a"]]})),
            "headers[0]: must be a pair: name and value"
        );
        assert_eq!(
            problem(&json!({"headers": {"x-a": 1}})),
            "headers.x-a: must be a text, not a number"
        );
        assert_eq!(
            problem(&json!({"max_retries": -1})),
            "max_retries: is out of range"
        );
        assert_eq!(
            problem(&json!({"connect_timeout_ms": 1.5})),
            "connect_timeout_ms: must be a whole number"
        );
        assert!(problem(&json!({"timeout": 1})).starts_with("timeout: is not a known field"));
    }
}
