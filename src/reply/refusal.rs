//! What a refusal means: status, headers and body of a reply that is no
//! answer, and error objects inside one that began as an answer.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

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

/// How much of them is searched for secrets, in bytes; a secret that begins in
/// the excerpt ends within this.
pub const MAX_SEARCHED_BYTES: usize = 8 << 10;

/// What a body says of a failure, from any of the shapes in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// In the server's words.
    pub message: String,
    /// The server's code, or its type of error where it gives no code.
    pub code: Option<String>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// A content policy of the gateway wrote the body.
    pub denied: bool,
}

impl Details {
    /// Reads a body: JSON of a known shape, else the text itself.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self::of_error_object(body).unwrap_or_else(|| Self {
            message: String::from_utf8_lossy(body).into_owned(),
            ..Self::default()
        })
    }

    /// Reads an error object inside a reply, if it is one.
    #[must_use]
    pub fn of_error_object(json: &[u8]) -> Option<Self> {
        Members::read(json)?.details()
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
    let said = excerpt(details.message.as_bytes(), secrets);
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
    push_advice(&mut message, kind);
    let mut error = Error::after_sending(kind, message);
    error.status = Some(head.status);
    error.code = details.code.map(|code| secrets.mask(&code));
    error.retry_after_ms = retry_after_ms(head);
    error.request_id = request_id(head)
        .or(details.request_id)
        .map(|id| secrets.mask(&id));
    error
}

/// An error that came inside a reply with a good status.
#[must_use]
pub fn error_inside_reply(head: &ReplyHead, details: Details, secrets: &Secrets) -> Error {
    let kind = kind_by_details(&details).unwrap_or(ErrorKind::ServerUnavailable);
    let mut message = "the server answered with an error".to_owned();
    let said = excerpt(details.message.as_bytes(), secrets);
    if !said.is_empty() {
        message.push_str(": ");
        message.push_str(&said);
    }
    push_advice(&mut message, kind);
    let mut error = Error::after_sending(kind, message);
    error.status = Some(head.status);
    error.code = details.code.map(|code| secrets.mask(&code));
    error.request_id = request_id(head)
        .or(details.request_id)
        .map(|id| secrets.mask(&id));
    error
}

/// The start of a body as text, on one line, without secrets. They are masked
/// before anything is cut: half a secret would not be found.
#[must_use]
pub fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    let start = body.get(..MAX_SEARCHED_BYTES).unwrap_or(body);
    let text = secrets.mask(&String::from_utf8_lossy(start));
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let mut line = words.join(" ");
    truncate(&mut line, MAX_EXCERPT_BYTES);
    line
}

fn kind(head: &ReplyHead, details: &Details) -> ErrorKind {
    if let Some(kind) = kind_by_details(details) {
        return kind;
    }
    let signature_refused = head.header("x-ca-error-message").is_some()
        || ["Invalid Signature", "Invalid Date", "Invalid Content-MD5"]
            .contains(&details.message.trim());
    match head.status {
        400 if signature_refused => ErrorKind::Authorization,
        // Higress `ai-quota` refuses a consumer without budget in this way.
        403 if details.message.contains("No quota left") => ErrorKind::QuotaExhausted,
        // Higress `ai-proxy` says so of requests that it cannot read.
        500 if details
            .message
            .starts_with("failed to process request body") =>
        {
            ErrorKind::BadRequest
        }
        // A redirect, or a status that no standard knows: no model's API
        // answers so.
        status => kind_of_status(status).unwrap_or(ErrorKind::Protocol),
    }
}

/// What a body means, where it says more than the status.
fn kind_by_details(details: &Details) -> Option<ErrorKind> {
    if details.denied {
        return Some(ErrorKind::ContentBlocked);
    }
    match details.code.as_deref()? {
        // At DashScope, whose bodies have a `request_id`, it means tokens per
        // minute; elsewhere a budget that is used up.
        "insufficient_quota" if details.request_id.is_some() => Some(ErrorKind::RateLimited),
        "insufficient_quota" => Some(ErrorKind::QuotaExhausted),
        code => match code.parse() {
            Ok(status) => kind_of_status(status),
            Err(_) => kind_of_code(code),
        },
    }
}

/// What a status means; servers also write it as a code. None for one that
/// means no failure.
fn kind_of_status(status: u16) -> Option<ErrorKind> {
    Some(match status {
        401 | 403 => ErrorKind::Authorization,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::ServerUnavailable,
        400..=499 => ErrorKind::BadRequest,
        _ => return None,
    })
}

/// What a provider's code means.
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
        _ if code.starts_with("BadRequest") => ErrorKind::BadRequest,
        _ => return None,
    })
}

/// Appends what to do, as a sentence of its own.
fn push_advice(message: &mut String, kind: ErrorKind) {
    let advice = advice(kind);
    if advice.is_empty() {
        return;
    }
    if !message.ends_with(['.', '!', '?', '。']) {
        message.push('.');
    }
    message.push(' ');
    message.push_str(advice);
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

/// The members by which servers describe a failure, wherever they stand.
#[derive(Default)]
struct Members<'a> {
    /// There is a member `error` that says something.
    error: bool,
    /// Of the member `error`, or the text that stands in its place.
    error_message: Text<'a>,
    error_code: Text<'a>,
    error_type: Text<'a>,
    message: Text<'a>,
    code: Text<'a>,
    request_id: Text<'a>,
    /// There are members that only Higress' content policies write.
    denied: bool,
    /// `errmsg` (Higress `ai-data-masking`), `Msg` (`ai-json-resp`),
    /// `denyMessage` (`ai-security-guard`), or `detail` (FastAPI: a text, or a
    /// list of objects).
    other: Text<'a>,
}

impl<'a> Members<'a> {
    fn read(json: &'a [u8]) -> Option<Self> {
        let mut members = Self::default();
        let collector = Collector {
            members: &mut members,
            level: Level::Body,
        };
        collector
            .deserialize(&mut serde_json::Deserializer::from_slice(json))
            .ok()?;
        Some(members)
    }

    fn details(&self) -> Option<Details> {
        let texts = [&self.error_message, &self.message, &self.other];
        let codes = [&self.error_code, &self.code, &self.error_type];
        let message = texts.into_iter().find_map(Text::non_empty);
        let code = codes.into_iter().find_map(Text::non_empty);
        if message.is_none() && !self.denied && !(self.error && code.is_some()) {
            return None;
        }
        Some(Details {
            message: message.unwrap_or_default().to_owned(),
            code: code.map(str::to_owned),
            request_id: self.request_id.non_empty().map(str::to_owned),
            denied: self.denied,
        })
    }
}

/// Collects the members of a body, and of the error object in it.
struct Collector<'m, 'a> {
    members: &'m mut Members<'a>,
    level: Level,
}

#[derive(Clone, Copy)]
enum Level {
    Body,
    Error,
}

impl<'de> DeserializeSeed<'de> for Collector<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Collector<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a description of a failure")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { members, level } = self;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            members.denied |= matches!(level, Level::Body)
                && matches!(&*name.0, "errmsg" | "denyMessage" | "blockedDetails");
            let place = match (level, &*name.0) {
                (Level::Body, "error") => {
                    let level = Level::Error;
                    map.next_value_seed(Collector { members, level })?;
                    continue;
                }
                (Level::Body, "message") => &mut members.message,
                (Level::Body, "code") => &mut members.code,
                (Level::Body, "request_id") => &mut members.request_id,
                (Level::Body, "errmsg" | "Msg" | "denyMessage" | "detail") => &mut members.other,
                (Level::Error, "message") => &mut members.error_message,
                (Level::Error, "code") => &mut members.error_code,
                (Level::Error, "type") => &mut members.error_type,
                (Level::Body | Level::Error, _) => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value()?;
            members.error |= matches!(level, Level::Error);
        }
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        if let Level::Error = self.level {
            self.members.error_message = Text(text.into());
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if let Level::Error = self.level {
            self.members.error_message = Text(text.to_owned().into());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Secret;

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
            ("<html>\n <body>no</body>", "<html>\n <body>no</body>", None),
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
    fn a_secret_at_the_edge_of_the_excerpt_is_masked_whole() {
        let key = format!("sk-{}", "k".repeat(600));
        let secrets = Secrets::new([&Secret::new(&key)]);
        for filler in [0, 100, 470, 509, 511] {
            let body = format!("{} {key}", "x".repeat(filler));
            let head = ReplyHead {
                status: 401,
                headers: Vec::new(),
            };
            let message = error(&head, body.as_bytes(), "http://h", &secrets)
                .message
                .clone();
            assert!(!message.contains("sk-k"), "{filler}: {message}");
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
