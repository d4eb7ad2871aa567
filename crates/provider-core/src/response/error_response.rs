//! Classifies error responses by status, headers and body, and error objects
//! inside responses with a success status.

pub use super::error_body::ErrorBody;
use super::hints::hint;
use super::known_messages::{Fact, Hint};
use super::metadata::request_id;
use super::request_field::Api;
use super::retry_after::{limit_reset_ms, retry_after_ms};
use crate::error::{Error, ErrorKind, Stated, truncate};
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// Longest part of an error body that is read, in bytes. Error pages of proxies
/// are a few KiB; more would not be shown.
pub const MAX_BODY_BYTES: usize = 64 << 10;

/// Longest excerpt of a server's text in a message, in bytes.
const MAX_EXCERPT_BYTES: usize = 512;

/// Longest text that is searched for secrets, in bytes; a secret that begins in
/// the excerpt ends within it.
pub const MAX_SEARCHED_BYTES: usize = 8 << 10;

/// The header in which Higress `hmac-auth` returns its string to sign.
pub(crate) const SERVERS_STRING: &str = "x-ca-error-message";

/// The error for an error response.
///
/// `url` is the request's URL without secrets. `body` is the response body or
/// its start.
#[must_use]
pub fn error(head: &ResponseHead, body: &[u8], url: &str, secrets: &Secrets) -> Error {
    error_at(head, body, url, None, secrets)
}

/// The same for a caller with a clock: `now` is in seconds since 1970, for a
/// `retry-after` that is a date in a response without one.
#[must_use]
pub fn error_at(
    head: &ResponseHead,
    body: &[u8],
    url: &str,
    now: Option<u64>,
    secrets: &Secrets,
) -> Error {
    let body = ErrorBody::from_body(body);
    let kind = kind(head, &body);
    let reset_ms = match kind {
        ErrorKind::RateLimited => limit_reset_ms(head),
        _ => None,
    };
    let in_head = retry_after_ms(head, now).or(reset_ms);
    // The longer wait: nothing is sent within a window that the server states.
    let retry_after_ms = in_head.max(body.retry_after_ms);
    // Envoy's own bodies have no code; a provider's may quote anything.
    let is_envoys = body.code.is_none() && body.states(Fact::NotProcessed);
    let not_processed =
        matches!(head.status, 502..=504) && (is_envoys || head.header(ENVOY_OVERLOADED).is_some());
    let mut shown_url = url.to_owned();
    truncate(&mut shown_url, MAX_EXCERPT_BYTES);
    let described = Described {
        beginning: format!("{shown_url} returned status {}", head.status),
        kind,
        head,
        body,
        api: Api::at(url),
    };
    let mut error = described.into_error(secrets);
    error.retry_after_ms = retry_after_ms;
    error.stated.not_processed = not_processed;
    error
}

/// The header that Envoy adds when it drops a request itself.
const ENVOY_OVERLOADED: &str = "x-envoy-overloaded";

/// The error for an error object in a response with a success status to a
/// request for text.
#[must_use]
pub fn error_inside_response(head: &ResponseHead, body: ErrorBody, secrets: &Secrets) -> Error {
    error_inside(Api::TextGeneration, head, body, secrets)
}

/// The same for any API.
pub(crate) fn error_inside(
    api: Api,
    head: &ResponseHead,
    body: ErrorBody,
    secrets: &Secrets,
) -> Error {
    let retry_after_ms = body.retry_after_ms;
    let described = Described {
        beginning: "the server returned an error".to_owned(),
        kind: kind_by_details(&body).unwrap_or(ErrorKind::ServerUnavailable),
        head,
        body,
        api,
    };
    let mut error = described.into_error(secrets);
    error.retry_after_ms = retry_after_ms;
    error
}

/// A classified error response.
struct Described<'a> {
    beginning: String,
    kind: ErrorKind,
    head: &'a ResponseHead,
    body: ErrorBody,
    api: Api,
}

impl Described<'_> {
    fn into_error(self, secrets: &Secrets) -> Error {
        let Self {
            beginning: mut message,
            kind,
            head,
            body,
            api,
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
        error.stated = Stated {
            batch_too_large: body.states(Fact::BatchTooLarge),
            time_rejected: body.states(Fact::Hinted(Hint::Clock))
                || body.states(Fact::Hinted(Hint::TokenExpired)),
            param: body.param,
            not_processed: false,
        };
        let masked = |text: String| excerpt(text.as_bytes(), secrets);
        error.stated.param = error.stated.param.take().map(masked);
        let is_about_request = matches!(
            kind,
            ErrorKind::BadRequest | ErrorKind::NotFound | ErrorKind::ContentBlocked
        );
        if is_about_request && let Some(param) = &error.stated.param {
            error.field = api.field(param);
        }
        error.code = body.code.map(masked);
        error.request_id = request_id(head).or(body.request_id).map(masked);
        error
    }
}

/// The start of a body as text on one line. Secrets are masked before
/// truncation, because a truncated secret would not be found.
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
    let by_status = kind_by_status(head, body);
    match (by_status, kind_by_details(body)) {
        // `invalid_request_error` and similar types occur with every status.
        (BadRequest | ServerUnavailable | Protocol, Some(kind)) => kind,
        (_, Some(BadRequest | ServerUnavailable) | None) => by_status,
        (_, Some(kind)) => kind,
    }
}

fn kind_by_status(head: &ResponseHead, body: &ErrorBody) -> ErrorKind {
    match head.status {
        // Higress `hmac-auth` and `replay-protection` return these statuses for
        // rejected credentials.
        400 if head.header(SERVERS_STRING).is_some() => ErrorKind::Authorization,
        400 | 429 if body.states(Fact::ProofRejected) => ErrorKind::Authorization,
        // Higress `ai-quota`.
        403 if body.states(Fact::QuotaUsedUp) => ErrorKind::QuotaExhausted,
        // Higress `ai-proxy`.
        500 if body.states(Fact::NotConvertible) => ErrorKind::BadRequest,
        // A redirect or a non-standard status, which no model API returns.
        status => kind_of_status(status).unwrap_or(ErrorKind::Protocol),
    }
}

/// The kind of an error by its body, if it is more specific than the status.
fn kind_by_details(body: &ErrorBody) -> Option<ErrorKind> {
    if body.states(Fact::ContentBlocked) {
        return Some(ErrorKind::ContentBlocked);
    }
    match body.code.as_deref() {
        // On DashScope, whose bodies have a `request_id`, the limit is tokens
        // per minute; elsewhere an exhausted quota.
        Some("insufficient_quota") if body.request_id.is_some() => Some(ErrorKind::RateLimited),
        Some("insufficient_quota") => Some(ErrorKind::QuotaExhausted),
        Some(code) => match code.parse() {
            Ok(status) => kind_of_status(status),
            Err(_) => kind_of_code(code),
        },
        None => kind_of_status(body.status?),
    }
}

/// The kind of an error by its status, which servers also use as a code. `None`
/// for a status that is no error.
fn kind_of_status(status: u16) -> Option<ErrorKind> {
    Some(match status {
        401 | 403 => ErrorKind::Authorization,
        402 => ErrorKind::QuotaExhausted,
        // 405: a web server's path that is not an API. 410: a retired model.
        404 | 405 | 410 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::ServerUnavailable,
        400..=499 => ErrorKind::BadRequest,
        _ => return None,
    })
}

/// Prefixes of provider codes by kind, separated by spaces; the first match is
/// used.
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

/// The kind of a provider's code.
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
