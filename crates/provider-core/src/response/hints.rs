//! Hints for error responses: the sentence for a known cause, or else for the
//! kind of error.

use super::error_body::ErrorBody;
use super::known_messages::{Fact, Hint};
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

impl Hint {
    /// The kind of error that it explains, and its sentence.
    pub(super) fn advice(self) -> (ErrorKind, &'static str) {
        use ErrorKind::{Authorization, BadRequest, ServerUnavailable};
        match self {
            Self::UnknownKey => (
                Authorization,
                "The gateway has no consumer with this hmac_key, or the request was not signed: set consumer_auth_mode to hmac.",
            ),
            Self::NotSigned => (
                Authorization,
                "The route requires a signature: set consumer_auth_mode to hmac.",
            ),
            Self::WrongSignature => (
                Authorization,
                "Check hmac_secret and hmac_method, and that no proxy before the gateway modifies requests.",
            ),
            Self::Clock => (Authorization, "Check the clock of the plugin host."),
            Self::BodyDigest => (
                Authorization,
                "The body was modified in transit, usually by a gateway plugin: set body_digest to off.",
            ),
            Self::ConsumerNotAllowed => (Authorization, NOT_ALLOWED),
            Self::ApisixExpected => (
                Authorization,
                "The route requires an hmac-auth-apisix signature: set consumer_auth_mode to hmac_apisix.",
            ),
            Self::UnknownApisixKey => (
                Authorization,
                "The gateway has no consumer with this hmac_key.",
            ),
            Self::Algorithm => (
                Authorization,
                "The route does not accept this hmac_method; use the other one.",
            ),
            Self::HeaderNotSigned => (
                Authorization,
                "The route requires this header to be signed: set it in custom_headers.",
            ),
            Self::NonceUsed => (
                Authorization,
                "The route received this nonce before: remove it from custom_headers.",
            ),
            Self::NonceMissing => (Authorization, "The route requires a nonce in each request."),
            Self::NoKey => (
                Authorization,
                "The gateway found no key: check consumer_auth_mode and api_key_placement.",
            ),
            Self::SeveralKeys => (
                Authorization,
                "The request has more than one key: check endpoint_url and custom_headers.",
            ),
            Self::TokenExpired => (
                Authorization,
                "Set a new token, and check the clocks of issuer and gateway.",
            ),
            Self::TokenRejected => (Authorization, TOKEN_REJECTED),
            Self::AddressBlocked => (
                Authorization,
                "The gateway blocks the plugin host's IP address.",
            ),
            Self::UnsupportedApi => (
                BadRequest,
                "The provider behind the route does not have this API: check the model's kind and protocol.",
            ),
            Self::CannotConvert => (
                BadRequest,
                "The gateway cannot convert the request: check the protocol and the parameters.",
            ),
            Self::NoBackend => (
                ServerUnavailable,
                "The route's backend is down or has no address.",
            ),
            Self::BodyTooLarge => (
                BadRequest,
                "Send a smaller request or raise the gateway's buffer limit, which is usually 32 KiB with body_digest on.",
            ),
            Self::FallbackBodyTooLarge => (
                BadRequest,
                "Routes with a fallback accept about 1 MB: send a smaller request.",
            ),
            Self::OtherProtocol => (
                BadRequest,
                "The server expects another protocol: check the path of endpoint_url and the protocol.",
            ),
            Self::ContextTooLong => (
                BadRequest,
                "Shorten the messages or use a model with a larger context.",
            ),
        }
    }
}

/// The hint for a consumer that may not use the route.
const NOT_ALLOWED: &str =
    "The consumer is not allowed on this route: add it to the route's consumers.";

/// The hint for a token that is missing or wrong.
const TOKEN_REJECTED: &str =
    "The route requires a JWT: set consumer_auth_mode to jwt, and check the token.";
