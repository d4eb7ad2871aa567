//! Settings of one call.

use super::field::Pairs;
use super::read::{Error, from_text, from_value};
use provider_host::contract::types::{CallOptions, GatewayHints, Timeouts};
use serde::Deserialize;
use serde_json::Value;

/// Reads call options. `headers` is an object of names and values, or, where
/// a name comes twice, a list of pairs. The names of contract 0.1
/// (`connect_timeout_ms`, `session_id`, `skip_cache` …) are read too; where both
/// are given, the name of this contract counts.
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
    timeouts: Option<TimeoutsDocument>,
    max_retries: Option<u32>,
    headers: Option<Pairs>,
    end_user_id: Option<String>,
    conversation_id: Option<String>,
    traceparent: Option<String>,
    request_id: Option<String>,
    gateway: Option<GatewayDocument>,
    // Contract 0.1.
    connect_timeout_ms: Option<u32>,
    first_byte_timeout_ms: Option<u32>,
    between_bytes_timeout_ms: Option<u32>,
    session_id: Option<String>,
    skip_cache: Option<bool>,
    routing_model: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the contract"
)]
struct TimeoutsDocument {
    connect_ms: Option<u32>,
    first_byte_ms: Option<u32>,
    between_bytes_ms: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct GatewayDocument {
    skip_cache: Option<bool>,
    routing_model: Option<String>,
}

impl From<OptionsDocument> for CallOptions {
    fn from(document: OptionsDocument) -> Self {
        let timeouts = document.timeouts.unwrap_or_default();
        let gateway = document.gateway.unwrap_or_default();
        let skip_cache = gateway.skip_cache.or(document.skip_cache);
        let routing_model = gateway.routing_model.or(document.routing_model);
        let has_hints = skip_cache.is_some() || routing_model.is_some();
        Self {
            timeouts: Timeouts {
                connect_ms: timeouts.connect_ms.or(document.connect_timeout_ms),
                first_byte_ms: timeouts.first_byte_ms.or(document.first_byte_timeout_ms),
                between_bytes_ms: timeouts
                    .between_bytes_ms
                    .or(document.between_bytes_timeout_ms),
            },
            max_retries: document.max_retries,
            headers: document.headers.unwrap_or_default().0,
            end_user_id: document.end_user_id,
            conversation_id: document.conversation_id.or(document.session_id),
            traceparent: document.traceparent,
            request_id: document.request_id,
            gateway: has_hints.then(|| GatewayHints {
                skip_cache: skip_cache.unwrap_or_default(),
                routing_model,
            }),
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
        assert_eq!(options.gateway, None);
    }

    #[test]
    fn the_names_of_the_earlier_contract_are_read_too() {
        let earlier = json!({
            "connect_timeout_ms": 1, "first_byte_timeout_ms": 2, "between_bytes_timeout_ms": 3,
            "session_id": "s", "skip_cache": true, "routing_model": "m"
        });
        let now = json!({
            "timeouts": {"connect_ms": 1, "first_byte_ms": 2, "between_bytes_ms": 3},
            "conversation_id": "s", "gateway": {"skip_cache": true, "routing_model": "m"}
        });
        let options = read_options(&now).unwrap();
        assert_eq!(options, read_options(&earlier).unwrap());
        assert_eq!(options.timeouts.between_bytes_ms, Some(3));
        assert!(options.gateway.is_some_and(|hints| hints.skip_cache));
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
            problem(&json!({"timeout": 1}))
                .starts_with("timeout: unknown field `timeout`, expected one of `timeouts`")
        );
    }
}
