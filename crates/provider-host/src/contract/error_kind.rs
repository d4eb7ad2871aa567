//! The words of the contract's error kinds, as a report, a counter or a log
//! has them.

use super::types::ErrorKind;

impl Eq for ErrorKind {}

impl ErrorKind {
    /// The kind's name in the contract, such as `rate-limited`; `other` for one
    /// that this version does not name.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid-credentials",
            Self::InvalidRequest => "invalid-request",
            Self::Authorization => "authorization",
            Self::BadRequest => "bad-request",
            Self::NotFound => "not-found",
            Self::RateLimited => "rate-limited",
            Self::QuotaExhausted => "quota-exhausted",
            Self::ContentBlocked => "content-blocked",
            Self::ServerUnavailable => "server-unavailable",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Unsupported => "unsupported",
            Self::Internal => "internal",
            // The word of a later version could be anything.
            Self::Other(_) => "other",
        }
    }
}
