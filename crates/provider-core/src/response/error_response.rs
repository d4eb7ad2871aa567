//! What a refusal means: status, headers and body of a response that is no
//! answer, and error objects inside one that began as an answer.

pub use super::error_body::ErrorBody;
use super::hints::hint;
use super::metadata::request_id;
use super::retry_after::{limit_reset_ms, retry_after_ms};
use crate::error::{Error, ErrorKind, truncate};
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// How much of a refusal's body is read, in bytes. Pages of proxies are a few
/// KiB; the rest would not be shown.
pub const MAX_BODY_BYTES: usize = 64 << 10;

/// How much of a server's own words goes into a message, in bytes.
const MAX_EXCERPT_BYTES: usize = 512;

/// How much of them is searched for secrets, in bytes; a secret that begins in
/// the excerpt ends within this.
pub const MAX_SEARCHED_BYTES: usize = 8 << 10;

/// The header in which Higress `hmac-auth` says what it would have signed.
pub(crate) const SERVERS_STRING: &str = "x-ca-error-message";

/// A refusal, as an error.
///
/// `url` is what was asked, without secrets. `body` is the response's body, or
/// the start of it.
#[must_use]
pub fn error(head: &ResponseHead, body: &[u8], url: &str, secrets: &Secrets) -> Error {
    let body = ErrorBody::from_body(body);
    let kind = kind(head, &body);
    let mut url = url.to_owned();
    truncate(&mut url, MAX_EXCERPT_BYTES);
    let said = Said {
        beginning: format!("{url} returned status {}", head.status),
        kind,
        head,
        body,
    };
    let mut error = said.into_error(secrets);
    let reset_ms = match kind {
        ErrorKind::RateLimited => limit_reset_ms(head),
        _ => None,
    };
    error.retry_after_ms = retry_after_ms(head).or(reset_ms);
    error
}

/// An error that came inside a response with a good status.
#[must_use]
pub fn error_inside_response(head: &ResponseHead, body: ErrorBody, secrets: &Secrets) -> Error {
    let said = Said {
        beginning: "the server returned an error".to_owned(),
        kind: kind_by_details(&body).unwrap_or(ErrorKind::ServerUnavailable),
        head,
        body,
    };
    said.into_error(secrets)
}

/// A refusal that is understood, to be worded.
struct Said<'a> {
    beginning: String,
    kind: ErrorKind,
    head: &'a ResponseHead,
    body: ErrorBody,
}

impl Said<'_> {
    fn into_error(self, secrets: &Secrets) -> Error {
        let Self {
            beginning: mut message,
            kind,
            head,
            body,
        } = self;
        let advice = hint(kind, head, &body);
        let words = [
            (": ", body.message.as_str(), ""),
            (" (", head.header(SERVERS_STRING).unwrap_or_default(), ")"),
        ];
        for (before, words, behind) in words {
            let words = excerpt(words.as_bytes(), secrets);
            if !words.is_empty() {
                message.push_str(before);
                message.push_str(&words);
                message.push_str(behind);
            }
        }
        let mut error = Error::after_sending(kind, message);
        error.add_sentence(advice);
        error.status = Some(head.status);
        let masked = |text: String| excerpt(text.as_bytes(), secrets);
        error.code = body.code.map(masked);
        error.request_id = request_id(head).or(body.request_id).map(masked);
        error
    }
}

/// The start of a body as text, on one line, without secrets. They are masked
/// before anything is cut: half a secret would not be found.
#[must_use]
pub fn excerpt(body: &[u8], secrets: &Secrets) -> String {
    let start = body.get(..MAX_SEARCHED_BYTES).unwrap_or(body);
    let text = secrets.mask(&String::from_utf8_lossy(start));
    let mut line = String::new();
    for character in text.chars() {
        if !character.is_whitespace() && !character.is_control() {
            line.push(character);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.truncate(line.trim_ascii_end().len());
    truncate(&mut line, MAX_EXCERPT_BYTES);
    line
}

fn kind(head: &ResponseHead, body: &ErrorBody) -> ErrorKind {
    use ErrorKind::{BadRequest, Protocol, ServerUnavailable};
    let by_status = kind_by_status(head, body.message.trim());
    match (by_status, kind_by_details(body)) {
        // `invalid_request_error` and the like stand beside every status.
        (BadRequest | ServerUnavailable | Protocol, Some(kind)) => kind,
        (_, Some(BadRequest | ServerUnavailable) | None) => by_status,
        (_, Some(kind)) => kind,
    }
}

fn kind_by_status(head: &ResponseHead, said: &str) -> ErrorKind {
    match head.status {
        // Higress `hmac-auth` and `replay-protection` refuse with these, a
        // matter of who asks and not of what is asked.
        400 if head.header(SERVERS_STRING).is_some() => ErrorKind::Authorization,
        400 | 429 if REFUSED_PROOFS.contains(&said) => ErrorKind::Authorization,
        // Higress `ai-quota` refuses a consumer without budget in this way.
        403 if said.contains("No quota left") => ErrorKind::QuotaExhausted,
        // Higress `ai-proxy` says so of requests that it cannot read.
        500 if said.starts_with("failed to process request") => ErrorKind::BadRequest,
        // A redirect, or a status that no standard knows: no model's API
        // answers so.
        status => kind_of_status(status).unwrap_or(ErrorKind::Protocol),
    }
}

/// Texts that refuse a signature or a nonce with a status that says otherwise.
const REFUSED_PROOFS: [&str; 6] = [
    "Invalid Signature",
    "Invalid Date",
    "Invalid Content-MD5",
    "Invalid Nonce",
    "Missing Required Header",
    "Replay Attack Detected",
];

/// What a body means, where it says more than the status.
fn kind_by_details(body: &ErrorBody) -> Option<ErrorKind> {
    if body.denied {
        return Some(ErrorKind::ContentBlocked);
    }
    match body.code.as_deref() {
        // At DashScope, whose bodies have a `request_id`, it means tokens per
        // minute; elsewhere a budget that is used up.
        Some("insufficient_quota") if body.request_id.is_some() => Some(ErrorKind::RateLimited),
        Some("insufficient_quota") => Some(ErrorKind::QuotaExhausted),
        Some(code) => match code.parse() {
            Ok(status) => kind_of_status(status),
            Err(_) => kind_of_code(code),
        },
        // DashScope: `<429> …` under another status.
        None => {
            let (status, _) = body.message.strip_prefix('<')?.split_once('>')?;
            kind_of_status(status.parse().ok()?)
        }
    }
}

/// What a status means; servers also write it as a code. None for one that
/// means no failure.
fn kind_of_status(status: u16) -> Option<ErrorKind> {
    Some(match status {
        401 | 403 => ErrorKind::Authorization,
        402 => ErrorKind::QuotaExhausted,
        // 405 is what a web server says of a path that is no API, 410 what an
        // API says of a model that is gone.
        404 | 405 | 410 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::ServerUnavailable,
        400..=499 => ErrorKind::BadRequest,
        _ => return None,
    })
}

/// Codes of providers by what they mean, with blanks between them; the first
/// that begins a code counts.
const KINDS_OF_CODES: [(ErrorKind, &str); 8] = [
    (
        ErrorKind::QuotaExhausted,
        "Arrearage AllocationQuota.FreeTierOnly PrepaidBillOverdue \
         PostpaidBillOverdue CommodityNotPurchased AccessDenied.Unpurchased \
         billing_ insufficient_balance",
    ),
    (
        ErrorKind::Authorization,
        "invalid_api_key InvalidApiKey AccessDenied access_denied \
         Model.AccessDenied Workspace.AccessDenied App.AccessDenied \
         authentication_error permission_error",
    ),
    (
        ErrorKind::NotFound,
        "model_not_ ModelNotFound WorkSpaceNotFound NotFound not_found_error",
    ),
    (
        ErrorKind::ContentBlocked,
        "data_inspection_failed DataInspectionFailed content_policy_violation \
         content_filter IPInfringementSuspect CustomRoleBlocked FaqRuleBlocked \
         moderation_blocked",
    ),
    (
        ErrorKind::RateLimited,
        "Throttling limit_ LimitRequests rate_limit",
    ),
    (
        ErrorKind::Timeout,
        "RequestTimeOut ResponseTimeout InternalError.Timeout",
    ),
    (
        ErrorKind::BadRequest,
        "context_length_exceeded invalid_request_error invalid_parameter_error \
         invalid_value unsupported_ InvalidParameter \
         InternalError.Algo.InvalidParameter InvalidURL BadRequest \
         UnprocessableEntityError UnsupportedOperation",
    ),
    (
        ErrorKind::ServerUnavailable,
        "InternalError InternalServerError internal_ server_error SystemError \
         ModelServ ModelUnavailable engine_overloaded overloaded_error",
    ),
];

/// What a provider's code means.
fn kind_of_code(code: &str) -> Option<ErrorKind> {
    for (kind, beginnings) in KINDS_OF_CODES {
        if beginnings.split(' ').any(|start| code.starts_with(start)) {
            return Some(kind);
        }
    }
    None
}

#[cfg(test)]
mod tests;
