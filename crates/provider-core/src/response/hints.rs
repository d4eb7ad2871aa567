//! Hints for error responses: a sentence for a known message, or else for the
//! kind of error.

use super::error_body::ErrorBody;
use crate::error::ErrorKind;
use crate::http::ResponseHead;

/// Known phrases of gateways and providers, each with its kind of error and a
/// hint. The first match is used.
pub(super) const HINTS: &[(ErrorKind, &str, &str)] = &[
    // `hmac-auth`
    (
        ErrorKind::Authorization,
        "Invalid Key",
        "The gateway has no consumer with this hmac_key, or the request was not signed: set consumer_auth_mode to hmac.",
    ),
    (
        ErrorKind::Authorization,
        "Empty Signature",
        "The route requires a signature: set consumer_auth_mode to hmac.",
    ),
    (ErrorKind::Authorization, "Invalid Signature", SIGNATURE),
    (ErrorKind::Authorization, "Invalid Date", CLOCK),
    (ErrorKind::Authorization, "Invalid Content-MD5", DIGEST),
    (
        ErrorKind::Authorization,
        "Unauthorized Consumer",
        NOT_ALLOWED,
    ),
    // `hmac-auth-apisix`
    (ErrorKind::Authorization, "missing Authorization", APISIX),
    (
        ErrorKind::Authorization,
        "does not start with 'Signature '",
        APISIX,
    ),
    (
        ErrorKind::Authorization,
        "Invalid keyId",
        "The gateway has no consumer with this hmac_key.",
    ),
    (ErrorKind::Authorization, "is not allowed", NOT_ALLOWED),
    (ErrorKind::Authorization, "Clock skew", CLOCK),
    (ErrorKind::Authorization, "Invalid GMT format", CLOCK),
    (
        ErrorKind::Authorization,
        "Invalid algorithm",
        "The route does not accept this hmac_method; use the other one.",
    ),
    (
        ErrorKind::Authorization,
        "missing in signing",
        "The route requires this header to be signed: set it in custom_headers.",
    ),
    (ErrorKind::Authorization, "Invalid signature", SIGNATURE),
    (ErrorKind::Authorization, "Invalid digest", DIGEST),
    // `replay-protection`
    (
        ErrorKind::Authorization,
        "Replay Attack",
        "The route received this nonce before: remove it from custom_headers.",
    ),
    (ErrorKind::Authorization, "Invalid Nonce", NONCE),
    (ErrorKind::Authorization, "Missing Required Header", NONCE),
    // `key-auth`
    (
        ErrorKind::Authorization,
        "No Key Authentication",
        "The gateway found no key: check consumer_auth_mode and api_key_placement.",
    ),
    (
        ErrorKind::Authorization,
        "Multi Key Authentication",
        "The request has more than one key: check endpoint_url and custom_headers.",
    ),
    (
        ErrorKind::Authorization,
        "nauthorized consumer",
        NOT_ALLOWED,
    ),
    // `jwt-auth`
    (
        ErrorKind::Authorization,
        "expired",
        "Set a new token, and check the clocks of issuer and gateway.",
    ),
    (ErrorKind::Authorization, "JWT", JWT),
    (ErrorKind::Authorization, "Jwt", JWT),
    // `ip-restriction`
    (
        ErrorKind::Authorization,
        "IP address is blocked",
        "The gateway blocks the plugin host's IP address.",
    ),
    // `ai-proxy`
    (
        ErrorKind::BadRequest,
        "unsupported API name",
        "The provider behind the route does not have this API: check the model's kind and protocol.",
    ),
    (
        ErrorKind::BadRequest,
        "failed to process request",
        "The gateway cannot convert the request: check the protocol and the parameters.",
    ),
    // Envoy
    (
        ErrorKind::ServerUnavailable,
        "no healthy upstream",
        "The route's backend is down or has no address.",
    ),
    (
        ErrorKind::BadRequest,
        "Payload Too Large",
        "Send a smaller request or raise the gateway's buffer limit, which is usually 32 KiB with body_digest on.",
    ),
    (
        ErrorKind::BadRequest,
        "request_payload_too_large",
        "Routes with a fallback accept about 1 MB: send a smaller request.",
    ),
    // FastAPI, for a body of another protocol
    (
        ErrorKind::BadRequest,
        "ield required",
        "The server expects another protocol: check the path of endpoint_url and the protocol.",
    ),
    // OpenAI, vLLM, Higress `ai-context-limit`
    (
        ErrorKind::BadRequest,
        "maximum context length",
        "Shorten the messages or use a model with a larger context.",
    ),
];

const CLOCK: &str = "Check the clock of the plugin host.";
const DIGEST: &str =
    "The body was modified in transit, usually by a gateway plugin: set body_digest to off.";
const NOT_ALLOWED: &str =
    "The consumer is not allowed on this route: add it to the route's consumers.";
const APISIX: &str =
    "The route requires an hmac-auth-apisix signature: set consumer_auth_mode to hmac_apisix.";
const SIGNATURE: &str =
    "Check hmac_secret and hmac_method, and that no proxy before the gateway modifies requests.";
const JWT: &str = "The route requires a JWT: set consumer_auth_mode to jwt, and check the token.";
const NONCE: &str = "The route requires a nonce in each request.";

/// The hint for an error response; may be empty.
pub(super) fn hint(kind: ErrorKind, head: &ResponseHead, body: &ErrorBody) -> &'static str {
    let said = HINTS
        .iter()
        .find(|(of, phrase, _)| *of == kind && body.message.contains(phrase));
    if let Some((_, _, hint)) = said {
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
        Some("JWT") => JWT,
        _ => {
            "Check consumer_auth_mode and the key, and that the consumer is allowed on this route."
        }
    }
}

fn is_page(head: &ResponseHead) -> bool {
    head.header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}
