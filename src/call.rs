//! Settings of one call that say nothing about its content: `call-options`
//! of `wit/types.wit`, with the defaults filled in.

use core::time::Duration;

use crate::error::Error;

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open a connection.
    pub connect: Duration,
    /// From the request to the first byte of the reply.
    pub first_byte: Duration,
    /// Between two pieces of a reply that carry content.
    pub between_bytes: Duration,
}

impl Timeouts {
    /// Shortest timeout; zero would mean "none" to some hosts.
    const MIN_MS: u32 = 1;
    /// Longest timeout: no gateway holds a request for more than ten minutes.
    const MAX_MS: u32 = 600_000;

    /// The given milliseconds, clamped; absent ones take their default.
    #[must_use]
    pub fn from_ms(
        connect: Option<u32>,
        first_byte: Option<u32>,
        between_bytes: Option<u32>,
    ) -> Self {
        let clamped = |given: Option<u32>, default: Duration| {
            given.map_or(default, |ms| {
                Duration::from_millis(ms.clamp(Self::MIN_MS, Self::MAX_MS).into())
            })
        };
        let default = Self::default();
        Self {
            connect: clamped(connect, default.connect),
            first_byte: clamped(first_byte, default.first_byte),
            between_bytes: clamped(between_bytes, default.between_bytes),
        }
    }
}

impl Default for Timeouts {
    /// 10 s, 5 min, 2 min: a long answer that is not streamed may take
    /// minutes to begin, a stream does not pause that long.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(5),
            between_bytes: Duration::from_mins(2),
        }
    }
}

/// The settings of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Headers to add, checked: see [`Options::with_headers`].
    pub headers: Vec<(String, String)>,
    /// Who is behind the call.
    pub end_user_id: Option<String>,
}

/// What a caller tells the gateway about a call, beside its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steering {
    /// Ask for a fresh answer.
    pub skip_cache: bool,
    /// The conversation that the call belongs to.
    pub session_id: Option<String>,
    /// The model name by which to route.
    pub routing_model: Option<String>,
    /// The W3C trace context.
    pub traceparent: Option<String>,
    /// The call's name in logs.
    pub request_id: Option<String>,
}

impl Steering {
    /// The headers in which a Higress gateway expects this.
    #[must_use]
    pub fn into_headers(self) -> Vec<(String, String)> {
        let named = [
            // `ai-cache` compares with exactly this value.
            (
                "x-higress-skip-ai-cache",
                self.skip_cache.then(|| "on".to_owned()),
            ),
            // `ai-statistics`.
            ("x-agent-session", self.session_id),
            // The header that routes of a model match.
            ("x-higress-llm-model", self.routing_model),
            ("traceparent", self.traceparent),
            ("x-request-id", self.request_id),
        ];
        named
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

/// Headers that a caller may not set, because the transport or the
/// component's own logic owns them, or because the gateway trusts them.
const RESERVED_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
    // The gateway's name for the consumer it authenticated: a value from the
    // client would pass for its own (reference: Higress `key-auth`).
    "x-mse-consumer",
];

impl Options {
    /// Adds headers.
    ///
    /// # Errors
    ///
    /// `invalid-request` for a name that is not a token or is reserved, or a
    /// value with control characters. The value is not quoted: it may be a
    /// secret.
    pub fn with_headers(mut self, headers: Vec<(String, String)>) -> Result<Self, Error> {
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            check_header(&name, &value)?;
            self.headers.push((name, value));
        }
        Ok(self)
    }
}

fn check_header(name: &str, value: &str) -> Result<(), Error> {
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        let shown: String = name.chars().filter(|c| !c.is_control()).collect();
        return Err(Error::invalid_request(format!(
            "the header name `{shown}` is not allowed: use letters, digits and `-`"
        )));
    }
    if RESERVED_HEADERS.contains(&name) || name.starts_with("x-ca-") {
        return Err(Error::invalid_request(format!(
            "the header `{name}` is set by the provider itself; leave it out"
        )));
    }
    if !is_header_value(value) {
        return Err(Error::invalid_request(format!(
            "the value of the header `{name}` holds a line break or another control character"
        )));
    }
    Ok(())
}

/// A byte of a header's name: RFC 9110 §5.6.2, `tchar`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether a text can stand as a header's value: no control characters but
/// the tab (RFC 9110 §5.5).
pub(crate) fn is_header_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\t' || (byte >= 0x20 && byte != 0x7f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_clamped_to_between_a_millisecond_and_ten_minutes() {
        let timeouts = Timeouts::from_ms(Some(0), Some(u32::MAX), None);
        assert_eq!(timeouts.connect, Duration::from_millis(1));
        assert_eq!(timeouts.first_byte, Duration::from_mins(10));
        assert_eq!(timeouts.between_bytes, Duration::from_mins(2));
    }

    #[test]
    fn a_header_with_a_line_break_is_refused_without_quoting_its_value() {
        let headers = vec![("x-trace".to_owned(), "secret\r\nhost: evil".to_owned())];
        let error = Options::default().with_headers(headers).unwrap_err();
        assert!(error.message.contains("`x-trace`"), "{}", error.message);
        assert!(!error.message.contains("secret"), "{}", error.message);
    }

    #[test]
    fn reserved_headers_are_refused_in_any_case() {
        for name in [
            "Host",
            "AUTHORIZATION",
            "X-Ca-Key",
            "x-mse-consumer",
            "Content-Length",
        ] {
            let headers = vec![(name.to_owned(), "x".to_owned())];
            assert!(Options::default().with_headers(headers).is_err(), "{name}");
        }
    }

    #[test]
    fn names_that_are_no_tokens_are_refused() {
        for name in ["", "a b", "a:b", "ä", "a\r\nb"] {
            let headers = vec![(name.to_owned(), "x".to_owned())];
            assert!(
                Options::default().with_headers(headers).is_err(),
                "{name:?}"
            );
        }
    }
}
