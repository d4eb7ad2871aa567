//! What a refusal means: status, headers and body of a reply that is no
//! answer, and error objects inside one that began as an answer.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::info::request_id;
use super::lenient::Text;
use crate::credentials::Secrets;
use crate::error::{Error, ErrorKind, truncate};
use crate::http::ReplyHead;

/// How much of a refusal's body is read, in bytes. Pages of proxies are a few
/// KiB; the rest would not be shown.
pub const MAX_BODY_BYTES: usize = 64 << 10;

/// How much of a server's own words goes into a message, in bytes.
const MAX_EXCERPT_BYTES: usize = 512;

/// What a body says of a failure, from any of the shapes in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// In the server's words.
    pub message: String,
    /// The server's code, or its type of error where it gives no code.
    pub code: Option<String>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
}

impl Details {
    /// Reads a body: JSON of a known shape, else the text itself.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        let parsed = serde_json::from_slice::<Body<'_>>(body)
            .ok()
            .and_then(Body::details);
        parsed.unwrap_or_else(|| Self {
            message: excerpt(body),
            ..Self::default()
        })
    }

    /// Reads an error object inside a reply, if it is one.
    #[must_use]
    pub fn of_error_object(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Body<'_>>(json).ok()?.details()
    }
}

/// A refusal, as an error.
///
/// `url` is what was asked, without secrets. `body` is the reply's body, or
/// the start of it.
#[must_use]
pub fn error(head: &ReplyHead, body: &[u8], url: &str, secrets: &Secrets) -> Error {
    let details = Details::of_body(body);
    let kind = kind(head, &details);
    let advice = advice(kind);
    let said = secrets.mask(&details.message);
    let mut message = format!("{url} answered with status {}", head.status);
    if !said.is_empty() {
        message.push_str(": ");
        message.push_str(&said);
    }
    if let Some(signed) = head.header("x-ca-error-message") {
        message.push_str(" (");
        message.push_str(&secrets.mask(signed));
        message.push(')');
    }
    if !advice.is_empty() {
        if !message.ends_with(['.', '!', '?', '。']) {
            message.push('.');
        }
        message.push(' ');
        message.push_str(advice);
    }
    Error {
        status: Some(head.status),
        code: details.code.map(|code| secrets.mask(&code)),
        retry_after_ms: retry_after_ms(head),
        request_id: request_id(head).or(details.request_id),
        ..Error::after_sending(kind, message)
    }
}

/// An error that came inside a reply with a good status.
#[must_use]
pub fn error_inside_reply(head: &ReplyHead, details: Details, secrets: &Secrets) -> Error {
    let kind = kind_of_code(details.code.as_deref().unwrap_or_default())
        .unwrap_or(ErrorKind::ServerUnavailable);
    let mut message = "the server broke the answer off with an error".to_owned();
    if !details.message.is_empty() {
        message.push_str(": ");
        message.push_str(&secrets.mask(&details.message));
    }
    Error {
        status: Some(head.status),
        code: details.code.map(|code| secrets.mask(&code)),
        request_id: request_id(head).or(details.request_id),
        ..Error::after_sending(kind, message)
    }
}

/// The start of a body as text, on one line.
#[must_use]
pub fn excerpt(body: &[u8]) -> String {
    let start = body.get(..MAX_EXCERPT_BYTES).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let mut line = words.join(" ");
    truncate(&mut line, MAX_EXCERPT_BYTES);
    line
}

fn kind(head: &ReplyHead, details: &Details) -> ErrorKind {
    let code = details.code.as_deref().unwrap_or_default();
    if let Some(kind) = kind_of_code(code) {
        return kind;
    }
    let signature_refused = head.header("x-ca-error-message").is_some()
        || ["Invalid Signature", "Invalid Date", "Invalid Content-MD5"]
            .contains(&details.message.as_str());
    match head.status {
        400 if signature_refused => ErrorKind::Authorization,
        // Higress `ai-quota` refuses a consumer without budget in this way.
        403 if details.message.contains("No quota left") => ErrorKind::QuotaExhausted,
        401 | 403 => ErrorKind::Authorization,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        // Higress `ai-proxy` says so of requests that it cannot read.
        500 if details
            .message
            .starts_with("failed to process request body") =>
        {
            ErrorKind::BadRequest
        }
        500..=599 => ErrorKind::ServerUnavailable,
        400..=499 => ErrorKind::BadRequest,
        // A redirect, or a status that no standard knows.
        _ => ErrorKind::Protocol,
    }
}

/// What a provider's code means, where it says more than the status.
fn kind_of_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "invalid_api_key" | "InvalidApiKey" | "AccessDenied" | "access_denied" => {
            ErrorKind::Authorization
        }
        "model_not_found" | "ModelNotFound" | "model_not_supported" => ErrorKind::NotFound,
        "Arrearage"
        | "AllocationQuota.FreeTierOnly"
        | "PrepaidBillOverdue"
        | "PostpaidBillOverdue"
        | "CommodityNotPurchased" => ErrorKind::QuotaExhausted,
        "data_inspection_failed"
        | "DataInspectionFailed"
        | "content_policy_violation"
        | "content_filter"
        | "IPInfringementSuspect" => ErrorKind::ContentBlocked,
        "rate_limit_exceeded" | "limit_requests" | "limit_burst_rate" => ErrorKind::RateLimited,
        "context_length_exceeded"
        | "invalid_request_error"
        | "invalid_parameter_error"
        | "InvalidParameter" => ErrorKind::BadRequest,
        _ if code.starts_with("Throttling") => ErrorKind::RateLimited,
        _ => return None,
    })
}

fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Authorization => {
            "Check consumer_auth_mode and the key, and that the consumer is allowed on this route."
        }
        ErrorKind::NotFound => "Check endpoint_url (the route's prefix) and the model's name.",
        ErrorKind::RateLimited => "Wait before the next call, or raise the limit in the gateway.",
        ErrorKind::QuotaExhausted => {
            "Refill the quota or settle the account; waiting does not help."
        }
        ErrorKind::Protocol => "A model API does not answer so; check endpoint_url.",
        ErrorKind::ServerUnavailable | ErrorKind::Timeout => "Try again later.",
        ErrorKind::InvalidCredentials
        | ErrorKind::InvalidRequest
        | ErrorKind::BadRequest
        | ErrorKind::ContentBlocked
        | ErrorKind::Connection
        | ErrorKind::Unsupported
        | ErrorKind::Internal => "",
    }
}

/// The server's word on when to try again: `retry-after` in seconds, or the
/// reset of Higress' limiters.
fn retry_after_ms(head: &ReplyHead) -> Option<u64> {
    ["retry-after", "x-tokenratelimit-reset", "x-ratelimit-reset"]
        .into_iter()
        .find_map(|name| head.header(name)?.trim().parse::<u64>().ok())
        .map(|seconds| seconds.saturating_mul(1000))
}

/// The members by which servers describe a failure.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body<'a> {
    #[serde(borrow)]
    error: ErrorMember<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow)]
    request_id: Text<'a>,
    /// Higress `ai-data-masking`.
    #[serde(borrow)]
    errmsg: Text<'a>,
    /// Higress `ai-json-resp`.
    #[serde(borrow, rename = "Msg")]
    msg: Text<'a>,
    /// Higress `ai-security-guard`.
    #[serde(borrow, rename = "denyMessage")]
    deny_message: Text<'a>,
    /// FastAPI and vLLM: a text, or a list of objects with a `msg`.
    #[serde(borrow)]
    detail: Text<'a>,
}

impl Body<'_> {
    fn details(self) -> Option<Details> {
        let texts = [
            self.error.message,
            self.message,
            self.errmsg,
            self.msg,
            self.deny_message,
            self.detail,
        ];
        let message = texts.iter().find_map(Text::non_empty);
        let code = [self.error.code, self.code, self.error.kind]
            .iter()
            .find_map(Text::non_empty)
            .map(str::to_owned);
        if message.is_none() && (code.is_none() || !self.error.present) {
            return None;
        }
        Some(Details {
            message: excerpt(message.unwrap_or_default().as_bytes()),
            code,
            request_id: self.request_id.non_empty().map(str::to_owned),
        })
    }
}

/// The member `error`: an object, or a text.
#[derive(Default)]
struct ErrorMember<'a> {
    present: bool,
    message: Text<'a>,
    code: Text<'a>,
    kind: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for ErrorMember<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ErrorMemberVisitor)
    }
}

struct ErrorMemberVisitor;

impl<'de> Visitor<'de> for ErrorMemberVisitor {
    type Value = ErrorMember<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error object or text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(ErrorMember {
            present: !text.is_empty(),
            message: Text(text.into()),
            ..ErrorMember::default()
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let message = Text(text.to_owned().into());
        Ok(ErrorMember {
            present: !text.is_empty(),
            message,
            ..ErrorMember::default()
        })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ErrorMember::default())
    }

    fn visit_bool<E>(self, present: bool) -> Result<Self::Value, E> {
        Ok(ErrorMember {
            present,
            ..ErrorMember::default()
        })
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(ErrorMember::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ErrorMember::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut error = ErrorMember {
            present: true,
            ..ErrorMember::default()
        };
        while let Some(name) = members.next_key::<Text<'de>>()? {
            match &*name.0 {
                "message" => error.message = members.next_value()?,
                "code" => error.code = members.next_value()?,
                "type" => error.kind = members.next_value()?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, headers: &[(&str, &str)], body: &str) -> Error {
        let head = ReplyHead {
            status,
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        };
        error(
            &head,
            body.as_bytes(),
            "http://h/v1/chat/completions",
            &Secrets::default(),
        )
    }

    #[test]
    fn every_shape_of_body_gives_its_message_and_code() {
        for (body, message, code) in [
            (
                r#"{"error":{"message":"no","type":"t","code":"c"}}"#,
                "no",
                Some("c"),
            ),
            (
                r#"{"error":{"message":"no","type":"t","code":null}}"#,
                "no",
                Some("t"),
            ),
            (
                r#"{"error":{"message":"no","code":400}}"#,
                "no",
                Some("400"),
            ),
            (r#"{"error":"no"}"#, "no", None),
            (
                r#"{"object":"error","message":"no","code":400}"#,
                "no",
                Some("400"),
            ),
            (
                r#"{"code":"InvalidParameter","message":"no","request_id":"r"}"#,
                "no",
                Some("InvalidParameter"),
            ),
            (r#"{"detail":"no"}"#, "no", None),
            (r#"{"errmsg":"no"}"#, "no", None),
            (r#"{"Code":1001,"Msg":"no"}"#, "no", None),
            ("no healthy upstream", "no healthy upstream", None),
            ("<html>\n <body>no</body>", "<html> <body>no</body>", None),
            ("", "", None),
            (
                r#"{"message":"expected header "x" missing"}"#,
                r#"{"message":"expected header "x" missing"}"#,
                None,
            ),
        ] {
            let details = Details::of_body(body.as_bytes());
            assert_eq!(
                (details.message.as_str(), details.code.as_deref()),
                (message, code),
                "{body}"
            );
        }
    }

    #[test]
    fn the_status_alone_gives_a_kind() {
        for (status, kind) in [
            (302, ErrorKind::Protocol),
            (400, ErrorKind::BadRequest),
            (401, ErrorKind::Authorization),
            (403, ErrorKind::Authorization),
            (404, ErrorKind::NotFound),
            (413, ErrorKind::BadRequest),
            (429, ErrorKind::RateLimited),
            (500, ErrorKind::ServerUnavailable),
            (504, ErrorKind::Timeout),
        ] {
            let error = refusal(status, &[], "");
            assert_eq!(error.kind, kind, "{status}");
            assert_eq!(error.status, Some(status));
            assert!(error.request_sent);
        }
    }

    #[test]
    fn a_code_says_more_than_the_status() {
        let error = refusal(400, &[], r#"{"code":"Arrearage","message":"pay"}"#);
        assert_eq!(error.kind, ErrorKind::QuotaExhausted);
        assert_eq!(error.code.as_deref(), Some("Arrearage"));
    }

    #[test]
    fn a_refused_signature_is_an_authorization_error_with_the_servers_string() {
        let error = refusal(
            400,
            &[("x-ca-error-message", "Server StringToSign:`POST#`")],
            "Invalid Signature",
        );
        assert_eq!(error.kind, ErrorKind::Authorization);
        assert!(error.message.contains("StringToSign"), "{}", error.message);
    }

    #[test]
    fn the_gateways_reset_is_a_hint_when_to_try_again() {
        let error = refusal(429, &[("X-TokenRateLimit-Reset", "7")], "Too many requests");
        assert_eq!(
            (error.kind, error.retry_after_ms),
            (ErrorKind::RateLimited, Some(7000))
        );
    }
}
