//! Hints for error responses: the sentence for a known cause, or else for the
//! kind of error.

use super::error_body::ErrorBody;
use super::known_messages::{Fact, NOT_ALLOWED, TOKEN_REJECTED};
use crate::error::ErrorKind;
use crate::http::ResponseHead;

/// The hint for an error response; may be empty.
pub(super) fn hint(kind: ErrorKind, head: &ResponseHead, body: &ErrorBody) -> &'static str {
    let advice = body.facts.iter().filter_map(|fact| match fact {
        Fact::Hinted(hint) => Some(hint.advice()),
        Fact::NotProcessed
        | Fact::ContentBlocked
        | Fact::ProofRejected
        | Fact::QuotaUsedUp
        | Fact::NotConvertible
        | Fact::StreamOptionsUnknown
        | Fact::BatchTooLarge => None,
    });
    if let Some((_, hint)) = advice.into_iter().find(|(explained, _)| *explained == kind) {
        return hint;
    }
    match kind {
        ErrorKind::Authorization => for_credentials(head, body),
        ErrorKind::NotFound if body.code.is_some() => {
            "Check the model name (gateway_model_name), and that the route serves it."
        }
        ErrorKind::NotFound if body.message.is_empty() => {
            "No route of the gateway matches: check the path of endpoint_url, and virtual_host."
        }
        ErrorKind::NotFound => {
            "The server has no such path or model: check endpoint_url, the protocol and the model name."
        }
        ErrorKind::RateLimited => "Wait before the next call or raise the limit.",
        ErrorKind::QuotaExhausted => {
            "Refill the quota or settle the account; retrying does not help."
        }
        ErrorKind::Protocol if (300..400).contains(&head.status) => {
            "Redirects are not followed: set endpoint_url to the address of the model API itself."
        }
        ErrorKind::Protocol => "This is not a response of a model API; check endpoint_url.",
        ErrorKind::BadRequest | ErrorKind::ServerUnavailable if is_page(head) => {
            "The response is a web page; check endpoint_url."
        }
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

/// The hint for rejected credentials: gateways name the scheme in a challenge,
/// providers return a code.
fn for_credentials(head: &ResponseHead, body: &ErrorBody) -> &'static str {
    let challenge = head.header("www-authenticate").unwrap_or_default();
    match challenge.split(' ').next() {
        _ if body.code.is_some() => {
            "The provider rejected the key: check the gateway's key, or yours if the gateway passes it on."
        }
        Some("Key") => {
            "The route requires an API key: set consumer_auth_mode to api_key, and check the key and api_key_placement."
        }
        Some("Basic") if head.status == 403 => NOT_ALLOWED,
        Some("JWT") => TOKEN_REJECTED,
        _ => {
            "Check consumer_auth_mode and the key, and that the consumer is allowed on this route."
        }
    }
}

fn is_page(head: &ResponseHead) -> bool {
    head.header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}
