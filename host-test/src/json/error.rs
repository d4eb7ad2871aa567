//! Failures: `{"error": {"kind": …, "message": …, …}}`.
//!
//! Failures that the provider reports have the contract's kinds. Those of the
//! host have kinds of their own:
//!
//! | kind | means |
//! | --- | --- |
//! | `queue-full` | too many calls of the tenant are waiting |
//! | `busy` | no instance became free within the queue timeout |
//! | `deadline` | the call exceeded the tenant's deadline |
//! | `cpu-budget` | the component exceeded the tenant's CPU time |
//! | `limit-exceeded` | the component, or the gateway, exceeded a limit of the sandbox |
//! | `trap` | the component trapped |
//! | `stream-failed` | the stream was read after it had failed |

use super::write::to_value;
use provider_host::contract::types::{Error, ErrorKind};
use provider_host::error::CallError;
use serde::Serialize;
use serde_json::Value;

/// The JSON of a failed call: an object with the one field `error`.
#[must_use]
pub fn write_failure(failure: &CallError) -> Value {
    #[derive(Serialize)]
    struct Row<T> {
        error: T,
    }
    match failure {
        CallError::Provider(error) => to_value(&Row {
            error: ErrorDocument::from(&**error),
        }),
        _ => to_value(&Row {
            error: HostErrorDocument {
                kind: error_kind(failure),
                message: failure.to_string(),
                field: match failure {
                    // As the component would report it.
                    CallError::InvalidForm(error) => Some(error.variable()),
                    _ => None,
                },
                request_sent: failure.request_sent(),
            },
        }),
    }
}

/// The JSON of an error of the contract.
#[must_use]
pub fn write_error(error: &Error) -> Value {
    to_value(&ErrorDocument::from(error))
}

#[derive(Serialize)]
struct HostErrorDocument<'a> {
    kind: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_sent: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct ErrorDocument<'a> {
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    request_sent: bool,
}

impl<'a> From<&'a Error> for ErrorDocument<'a> {
    fn from(error: &'a Error) -> Self {
        let Error {
            kind,
            message,
            field,
            status,
            code,
            retry_after_ms,
            request_id,
            request_sent,
        } = error;
        Self {
            kind: kind.as_str(),
            message,
            field: field.as_deref(),
            status: *status,
            code: code.as_deref(),
            retry_after_ms: *retry_after_ms,
            request_id: request_id.as_deref(),
            request_sent: *request_sent,
        }
    }
}

/// The word for the kind of a failed call.
#[must_use]
pub fn error_kind(failure: &CallError) -> &'static str {
    match failure {
        CallError::InvalidForm(_) => ErrorKind::InvalidCredentials.as_str(),
        CallError::Provider(error) => error.kind.as_str(),
        CallError::MissingInterface { .. } => ErrorKind::Unsupported.as_str(),
        CallError::QueueFull { .. } => "queue-full",
        CallError::QueueTimeout { .. } => "busy",
        CallError::DeadlineExceeded { .. } => "deadline",
        CallError::CpuTimeExceeded { .. } => "cpu-budget",
        CallError::LimitExceeded(_) => "limit-exceeded",
        CallError::Trap { .. } => "trap",
        CallError::StreamFailed => "stream-failed",
        _ => "internal",
    }
}

#[cfg(test)]
mod tests {
    use super::write_failure;
    use provider_host::contract::types::{Error, ErrorKind};
    use provider_host::error::CallError;
    use provider_host::form::FormError;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn a_providers_error_keeps_what_it_knows() {
        let failure = CallError::from(Error {
            kind: ErrorKind::RateLimited,
            message: "Slow down.".to_owned(),
            field: Some("messages[0]".to_owned()),
            status: Some(429),
            code: None,
            retry_after_ms: Some(1_500),
            request_id: None,
            request_sent: true,
        });
        let expected = json!({"error": {
            "kind": "rate-limited", "message": "Slow down.", "field": "messages[0]", "status": 429,
            "retry_after_ms": 1_500, "request_sent": true
        }});
        assert_eq!(write_failure(&failure), expected);
    }

    #[test]
    fn a_wrong_form_is_written_as_the_component_would_report_it() {
        let failure = CallError::InvalidForm(FormError::Missing {
            variable: "endpoint_url".to_owned(),
            label: "Endpoint URL".to_owned(),
        });
        let expected = json!({"error": {
            "kind": "invalid-credentials",
            "message": "`endpoint_url` (Endpoint URL) is missing; fill it in",
            "field": "endpoint_url",
            "request_sent": false
        }});
        assert_eq!(write_failure(&failure), expected);
    }

    #[test]
    fn a_failure_of_the_host_has_a_kind_too() {
        let failure = CallError::DeadlineExceeded {
            limit: Duration::from_secs(1),
        };
        let written = write_failure(&failure);
        assert_eq!(written["error"]["kind"], "deadline");
        assert!(written["error"]["message"].as_str().unwrap().contains("1s"));
        assert_eq!(written["error"].get("request_sent"), None);
    }
}
