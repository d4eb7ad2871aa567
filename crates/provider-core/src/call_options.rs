//! Options of a call that are independent of its content (`call-options` of
//! `wit/types.wit`), and their resolution with the tenant's settings and the
//! defaults.

use crate::credentials::Credentials;
use crate::error::Error;
use crate::headers::{check_header, check_header_value, reserved};
use crate::retry::MAX_RETRIES;
use crate::secret::Secrets;
use crate::timeouts::Timeouts;

/// The options of a single call. Absent options take the tenant's settings. The
/// headers may contain secrets, so the type has no `Debug`.
#[derive(Clone, Default)]
pub struct CallOptions {
    /// Connect timeout, in milliseconds.
    pub connect_timeout_ms: Option<u32>,
    /// First-byte timeout, in milliseconds.
    pub first_byte_timeout_ms: Option<u32>,
    /// Between-bytes timeout, in milliseconds.
    pub between_bytes_timeout_ms: Option<u32>,
    /// Maximum number of retries.
    pub max_retries: Option<u32>,
    /// Headers to add, as given by the caller.
    pub headers: Vec<(String, String)>,
    /// Identifier of the end user.
    pub end_user_id: Option<String>,
    /// Identifier of the conversation.
    pub conversation_id: Option<String>,
    /// The W3C trace context.
    pub traceparent: Option<String>,
    /// Identifier of the call in logs.
    pub request_id: Option<String>,
    /// Hints for the gateway.
    pub gateway_hints: GatewayHints,
}

/// The options of a call, complete and checked. The headers may contain
/// secrets, so the type has no `Debug`.
#[derive(Clone, Default)]
pub struct ResolvedOptions {
    /// The time limits.
    pub timeouts: Timeouts,
    /// Maximum number of retries, at most [`MAX_RETRIES`].
    pub max_retries: u32,
    /// Which failures may be retried.
    pub retry_policy: RetryPolicy,
    /// Additional headers; names in lower case, each once.
    pub headers: Vec<(String, String)>,
    /// Identifier of the end user.
    pub end_user_id: Option<String>,
    /// Secrets to mask in every text: the tenant's, and the values of the
    /// call's headers.
    pub secrets: Secrets,
}

/// Which failed requests may be retried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetryPolicy {
    /// Requests that the server has not processed.
    #[default]
    WhenNotProcessed,
    /// Only requests that cannot have reached the server, because each is
    /// charged.
    WhenNotSent,
}

impl ResolvedOptions {
    /// Resolves the options of a call with the tenant's settings. A header of
    /// the call replaces the tenant's.
    ///
    /// # Errors
    ///
    /// `invalid-request` for a header that may not be set. The message does not
    /// contain its value, which may be a secret.
    pub fn new(options: CallOptions, credentials: &Credentials) -> Result<Self, Error> {
        let settings = &credentials.settings;
        let mut headers = settings.custom_headers.clone();
        let mut secrets = credentials.secrets().clone();
        for (_, value) in &options.headers {
            secrets.add_possible(value);
        }
        let mut given = options.gateway_hints.into_headers();
        // `x-agent-session` is what Higress `ai-statistics` reads.
        let named = [
            ("x-agent-session", options.conversation_id),
            ("traceparent", options.traceparent),
            ("x-request-id", options.request_id),
        ];
        for (name, value) in named {
            given.extend(value.map(|value| (name.to_owned(), value)));
        }
        given.extend(options.headers);
        for (name, value) in given {
            let name = name.to_ascii_lowercase();
            check_header(&name)?;
            check_header_value(&name, &value)?;
            if credentials.authentication.owns_header(&name) {
                return Err(reserved(&name));
            }
            headers.retain(|(earlier, _)| *earlier != name);
            headers.push((name, value));
        }
        Ok(Self {
            timeouts: settings.timeouts.with_ms(
                options.connect_timeout_ms,
                options.first_byte_timeout_ms,
                options.between_bytes_timeout_ms,
            ),
            max_retries: options
                .max_retries
                .unwrap_or(settings.max_retries)
                .min(MAX_RETRIES),
            retry_policy: RetryPolicy::default(),
            headers,
            end_user_id: options.end_user_id,
            secrets,
        })
    }
}

/// Hints for the gateway, sent as headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayHints {
    /// Bypass the response cache.
    pub skip_cache: bool,
    /// The model name for routing.
    pub routing_model: Option<String>,
}

impl GatewayHints {
    /// The headers that Higress plugins read.
    #[must_use]
    pub fn into_headers(self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                headers.push((name.to_owned(), value));
            }
        };
        // `ai-cache` compares the exact value.
        let skip_cache = self.skip_cache.then(|| "on".to_owned());
        add("x-higress-skip-ai-cache", skip_cache);
        // The header that model routes match.
        add("x-higress-llm-model", self.routing_model);
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    use crate::error::ErrorKind;
    use crate::form::Form;

    fn credentials() -> Credentials {
        let values = [
            ("endpoint_url", "http://h"),
            ("consumer_auth_mode", "api_key"),
            ("api_key", "sk-1"),
            ("api_key_placement", "header"),
            ("api_key_name", "x-api-key"),
            ("custom_headers", r#"{"x-team":"blue"}"#),
            ("timeouts", "1,2,3"),
        ];
        let values = values.map(|(variable, value)| (variable.to_owned(), value.to_owned()));
        Credentials::parse(
            &Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}")),
            "m",
        )
        .unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn with_header(name: &str, value: &str) -> Result<ResolvedOptions, Error> {
        let headers = vec![(name.to_owned(), value.to_owned())];
        ResolvedOptions::new(
            CallOptions {
                headers,
                ..CallOptions::default()
            },
            &credentials(),
        )
    }

    #[test]
    fn a_call_overrides_its_tenants_settings() {
        let options = CallOptions {
            first_byte_timeout_ms: Some(0),
            between_bytes_timeout_ms: Some(u32::MAX),
            max_retries: Some(99),
            ..CallOptions::default()
        };
        let call = ResolvedOptions::new(options, &credentials()).unwrap();
        assert_eq!(call.timeouts.connect, Duration::from_secs(1));
        assert_eq!(call.timeouts.first_byte, Duration::from_millis(1));
        assert_eq!(call.timeouts.between_bytes, Duration::from_mins(10));
        assert_eq!(call.max_retries, MAX_RETRIES);
        assert_eq!(
            with_header("X-Team", "red").unwrap().headers,
            [("x-team".into(), "red".into())]
        );
    }

    #[test]
    fn steering_becomes_the_gateways_headers() {
        let gateway_hints = GatewayHints {
            skip_cache: true,
            ..GatewayHints::default()
        };
        let call = ResolvedOptions::new(
            CallOptions {
                conversation_id: Some("s".to_owned()),
                gateway_hints,
                ..CallOptions::default()
            },
            &credentials(),
        )
        .unwrap();
        let names: Vec<&str> = call.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["x-team", "x-higress-skip-ai-cache", "x-agent-session"]
        );
    }

    #[test]
    fn a_header_with_a_line_break_is_refused_without_quoting_its_value() {
        let error = with_header("x-trace", "secret\r\nhost: evil")
            .err()
            .unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("`x-trace`"), "{}", error.message);
        assert!(!error.message.contains("secret"), "{}", error.message);
    }

    #[test]
    fn what_a_server_repeats_of_the_calls_headers_is_masked() {
        let call = with_header("x-tenant-token", "tok-12345678").unwrap();
        assert_eq!(call.secrets.mask("a tok-12345678, sk-1"), "a ***, ***");
        // Too short to be a secret, and likely in any text.
        let call = with_header("x-team", "blue").unwrap();
        assert_eq!(call.secrets.mask("blue"), "blue");
    }

    #[test]
    fn reserved_headers_are_refused_in_any_case() {
        for name in [
            "Host",
            "AUTHORIZATION",
            "X-Ca-Key",
            "x-mse-consumer",
            "Content-Length",
            "X-Api-Key",
        ] {
            assert!(with_header(name, "x").is_err(), "{name}");
        }
    }

    #[test]
    fn names_that_are_no_tokens_are_refused() {
        for name in ["", "a b", "a:b", "ä", "a\r\nb"] {
            assert!(with_header(name, "x").is_err(), "{name:?}");
        }
    }
}
