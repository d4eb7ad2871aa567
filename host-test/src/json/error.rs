//! Failures: `{"error": {"kind": …, "message": …, …}}`.
//!
//! Failures that the provider reports have the contract's kinds. Those of the
//! host have kinds of their own:
//!
//! | kind | means |
//! | --- | --- |
//! | `queue-full` | too many calls of the tenant wait already |
//! | `busy` | no place for the call was free in time |
//! | `deadline` | the call took longer than the tenant may take |
//! | `cpu-budget` | the component computed longer than the tenant may |
//! | `limit-exceeded` | the component, or the gateway, met a limit of the sandbox |
//! | `trap` | the component crashed |
//! | `stream-failed` | asked about a stream that failed before |

use super::record::{Record, single};
use provider_host::contract::types::{Error, ErrorKind};
use provider_host::error::CallError;
use serde_json::Value;

/// The JSON of a failed call: an object with the one field `error`.
#[must_use]
pub fn write_failure(failure: &CallError) -> Value {
    let record = match failure {
        CallError::Provider(error) => write_error(error),
        // As the component would report it.
        CallError::InvalidForm(_) => Record::new()
            .field("kind", error_kind(failure))
            .field("message", failure.to_string())
            .field("request_sent", false)
            .into(),
        _ => Record::new()
            .field("kind", error_kind(failure))
            .field("message", failure.to_string())
            .into(),
    };
    single("error", record)
}

/// The JSON of an error of the contract.
#[must_use]
pub fn write_error(error: &Error) -> Value {
    let Error {
        kind,
        message,
        status,
        code,
        retry_after_ms,
        request_id,
        request_sent,
    } = error;
    Record::new()
        .field("kind", kind.as_str())
        .field("message", message.as_str())
        .optional("status", *status)
        .optional("code", code.as_deref())
        .optional("retry_after_ms", *retry_after_ms)
        .optional("request_id", request_id.as_deref())
        .field("request_sent", *request_sent)
        .into()
}

/// The word for the kind of a failed call.
#[must_use]
pub fn error_kind(failure: &CallError) -> &'static str {
    match failure {
        CallError::InvalidForm(_) => ErrorKind::InvalidCredentials.as_str(),
        CallError::Provider(error) => error.kind.as_str(),
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
        let failure = CallError::Provider(Error {
            kind: ErrorKind::RateLimited,
            message: "Slow down.".to_owned(),
            status: Some(429),
            code: None,
            retry_after_ms: Some(1_500),
            request_id: None,
            request_sent: true,
        });
        let expected = json!({"error": {
            "kind": "rate-limited", "message": "Slow down.", "status": 429,
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
