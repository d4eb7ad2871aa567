//! Settings of one call.

use super::field::Pairs;
use super::read::{Error, from_text, from_value};
use provider_host::contract::types::CallOptions;
use serde::Deserialize;
use serde_json::Value;

/// Reads call options. `headers` is an object of names and values, or, where
/// a name comes twice, a list of pairs.
///
/// # Errors
///
/// If the text is not JSON, or a field is unknown or of another type.
pub fn parse_options(text: &str) -> Result<CallOptions, Error> {
    from_text::<OptionsDocument>(text).map(Into::into)
}

/// Reads call options from a value, as [`parse_options`] does from text.
///
/// # Errors
///
/// As of [`parse_options`].
pub fn read_options(value: &Value) -> Result<CallOptions, Error> {
    from_value::<OptionsDocument>(value).map(Into::into)
}

/// Not `Debug`: headers may hold secrets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct OptionsDocument {
    connect_timeout_ms: Option<u32>,
    first_byte_timeout_ms: Option<u32>,
    between_bytes_timeout_ms: Option<u32>,
    max_retries: Option<u32>,
    headers: Option<Pairs>,
    end_user_id: Option<String>,
    session_id: Option<String>,
    skip_cache: Option<bool>,
    routing_model: Option<String>,
    traceparent: Option<String>,
    request_id: Option<String>,
}

impl From<OptionsDocument> for CallOptions {
    fn from(document: OptionsDocument) -> Self {
        Self {
            connect_timeout_ms: document.connect_timeout_ms,
            first_byte_timeout_ms: document.first_byte_timeout_ms,
            between_bytes_timeout_ms: document.between_bytes_timeout_ms,
            max_retries: document.max_retries,
            headers: document.headers.unwrap_or_default().0,
            end_user_id: document.end_user_id,
            session_id: document.session_id,
            skip_cache: document.skip_cache.unwrap_or_default(),
            routing_model: document.routing_model,
            traceparent: document.traceparent,
            request_id: document.request_id,
        }
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
            "headers[0]: invalid length 1, expected a tuple of size 2"
        );
        assert_eq!(
            problem(&json!({"headers": {"x-a": 1}})),
            "headers.x-a: invalid type: integer `1`, expected a string"
        );
        assert_eq!(
            problem(&json!({"max_retries": -1})),
            "max_retries: invalid value: integer `-1`, expected u32"
        );
        assert_eq!(
            problem(&json!({"connect_timeout_ms": 1.5})),
            "connect_timeout_ms: invalid type: floating point `1.5`, expected u32"
        );
        assert!(
            problem(&json!({"timeout": 1})).starts_with(
                "timeout: unknown field `timeout`, expected one of `connect_timeout_ms`"
            )
        );
    }
}
