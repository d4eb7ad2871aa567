//! What known messages of gateways and providers state where a body has no
//! code: the only place where words are matched. Everything that is decided
//! later is decided on the [`Fact`].

/// What a message states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    /// No server has processed the request.
    NotProcessed,
    /// A content policy blocked input or output.
    ContentBlocked,
    /// A signature or nonce was rejected, under a misleading status.
    ProofRejected,
    /// The consumer's quota is used up.
    QuotaUsedUp,
    /// The gateway cannot convert the request.
    NotConvertible,
    /// The server does not know `stream_options`.
    StreamOptionsUnknown,
    /// The request contains more texts than a batch may.
    BatchTooLarge,
    /// A cause that has a hint.
    Hinted(Hint),
}

/// A cause that has a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// `hmac-auth`: no consumer has this key, or the request is not signed.
    UnknownKey,
    /// `hmac-auth`: the request is not signed.
    NotSigned,
    /// The signature is wrong.
    WrongSignature,
    /// The date is too far from the server's clock.
    Clock,
    /// The digest of the body is wrong.
    BodyDigest,
    /// The consumer may not use the route.
    ConsumerNotAllowed,
    /// `hmac-auth-apisix`: the request has no signature of this scheme.
    ApisixExpected,
    /// `hmac-auth-apisix`: no consumer has this key.
    UnknownApisixKey,
    /// `hmac-auth-apisix`: the hash function is not accepted.
    Algorithm,
    /// `hmac-auth-apisix`: a header must be signed.
    HeaderNotSigned,
    /// `replay-protection`: the nonce was used before.
    NonceUsed,
    /// `replay-protection`: the nonce is missing or malformed.
    NonceMissing,
    /// `key-auth`: no key.
    NoKey,
    /// `key-auth`: several keys.
    SeveralKeys,
    /// `jwt-auth`: the token is expired.
    TokenExpired,
    /// `jwt-auth`: the token is missing or wrong.
    TokenRejected,
    /// `ip-restriction`: the address is blocked.
    AddressBlocked,
    /// `ai-proxy`: the provider lacks this API.
    UnsupportedApi,
    /// `ai-proxy`: the request cannot be converted.
    CannotConvert,
    /// Envoy: the backend has no healthy address.
    NoBackend,
    /// Envoy: the body exceeds the buffer.
    BodyTooLarge,
    /// Higress: the body exceeds the buffer of routes with a fallback.
    FallbackBodyTooLarge,
    /// `FastAPI`: the body is that of another protocol.
    OtherProtocol,
    /// The input exceeds the model's context.
    ContextTooLong,
}

/// Where a phrase stands in the message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// It is the message.
    Whole,
    /// At the start.
    Start,
    /// Anywhere.
    Inside,
}

/// The phrases. Of several hints, the first one is given.
pub(super) const PHRASES: &[(Place, &str, Fact)] = {
    use Fact::{
        BatchTooLarge, ContentBlocked, Hinted, NotConvertible, NotProcessed, ProofRejected,
        QuotaUsedUp, StreamOptionsUnknown,
    };
    use Place::{Inside, Start, Whole};
    &[
        // `hmac-auth` and `replay-protection`
        (Whole, "Invalid Signature", ProofRejected),
        (Whole, "Invalid Date", ProofRejected),
        (Whole, "Invalid Content-MD5", ProofRejected),
        (Whole, "Invalid Nonce", ProofRejected),
        (Whole, "Missing Required Header", ProofRejected),
        (Whole, "Replay Attack Detected", ProofRejected),
        // `ai-quota`
        (Inside, "No quota left", QuotaUsedUp),
        // `ai-proxy`
        (Start, "failed to process request", NotConvertible),
        // Envoy: a cluster without hosts, a failed connection, an open circuit
        // breaker.
        (Inside, "no healthy upstream", NotProcessed),
        (Inside, "reset reason: connection failure", NotProcessed),
        (
            Inside,
            "reset reason: remote connection failure",
            NotProcessed,
        ),
        (Inside, "reset reason: connection timeout", NotProcessed),
        (Inside, "reset reason: overflow", NotProcessed),
        // LiteLLM: the class of its exception.
        (Inside, "ContentPolicyViolationError", ContentBlocked),
        // Servers that name a parameter in the message alone.
        (Inside, "stream_options", StreamOptionsUnknown),
        // DashScope
        (Inside, "batch size", BatchTooLarge),
        // `hmac-auth`
        (Inside, "Invalid Key", Hinted(Hint::UnknownKey)),
        (Inside, "Empty Signature", Hinted(Hint::NotSigned)),
        (Inside, "Invalid Signature", Hinted(Hint::WrongSignature)),
        (Inside, "Invalid Date", Hinted(Hint::Clock)),
        (Inside, "Invalid Content-MD5", Hinted(Hint::BodyDigest)),
        (
            Inside,
            "Unauthorized Consumer",
            Hinted(Hint::ConsumerNotAllowed),
        ),
        // `hmac-auth-apisix`
        (
            Inside,
            "missing Authorization",
            Hinted(Hint::ApisixExpected),
        ),
        (
            Inside,
            "does not start with 'Signature '",
            Hinted(Hint::ApisixExpected),
        ),
        (Inside, "Invalid keyId", Hinted(Hint::UnknownApisixKey)),
        (Inside, "is not allowed", Hinted(Hint::ConsumerNotAllowed)),
        (Inside, "Clock skew", Hinted(Hint::Clock)),
        (Inside, "Invalid GMT format", Hinted(Hint::Clock)),
        (Inside, "Invalid algorithm", Hinted(Hint::Algorithm)),
        (Inside, "missing in signing", Hinted(Hint::HeaderNotSigned)),
        (Inside, "Invalid signature", Hinted(Hint::WrongSignature)),
        (Inside, "Invalid digest", Hinted(Hint::BodyDigest)),
        // `replay-protection`
        (Inside, "Replay Attack", Hinted(Hint::NonceUsed)),
        (Inside, "Invalid Nonce", Hinted(Hint::NonceMissing)),
        (
            Inside,
            "Missing Required Header",
            Hinted(Hint::NonceMissing),
        ),
        // `key-auth`
        (Inside, "No Key Authentication", Hinted(Hint::NoKey)),
        (
            Inside,
            "Multi Key Authentication",
            Hinted(Hint::SeveralKeys),
        ),
        (
            Inside,
            "nauthorized consumer",
            Hinted(Hint::ConsumerNotAllowed),
        ),
        // `jwt-auth`
        (Inside, "expired", Hinted(Hint::TokenExpired)),
        (Inside, "JWT", Hinted(Hint::TokenRejected)),
        (Inside, "Jwt", Hinted(Hint::TokenRejected)),
        // `ip-restriction`
        (
            Inside,
            "IP address is blocked",
            Hinted(Hint::AddressBlocked),
        ),
        // `ai-proxy`
        (Inside, "unsupported API name", Hinted(Hint::UnsupportedApi)),
        (
            Inside,
            "failed to process request",
            Hinted(Hint::CannotConvert),
        ),
        // Envoy
        (Inside, "no healthy upstream", Hinted(Hint::NoBackend)),
        (Inside, "Payload Too Large", Hinted(Hint::BodyTooLarge)),
        (
            Inside,
            "request_payload_too_large",
            Hinted(Hint::FallbackBodyTooLarge),
        ),
        // FastAPI
        (Inside, "ield required", Hinted(Hint::OtherProtocol)),
        // OpenAI, vLLM, Higress `ai-context-limit`
        (
            Inside,
            "maximum context length",
            Hinted(Hint::ContextTooLong),
        ),
    ]
};

/// Everything that a message states.
pub(super) fn facts(message: &str) -> Vec<Fact> {
    let message = message.trim();
    let is_in = |place: Place, phrase: &str| match place {
        Place::Whole => message == phrase,
        Place::Start => message.starts_with(phrase),
        Place::Inside => message.contains(phrase),
    };
    let stated = PHRASES
        .iter()
        .filter(|(place, phrase, _)| is_in(*place, phrase));
    stated.map(|(_, _, fact)| *fact).collect()
}
