//! The one error type of the core. It mirrors `error` in `wit/types.wit`,
//! where the meaning of each kind is documented.

use core::ops::{Deref, DerefMut};

/// Why a call failed, coarse enough to decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A variable of the credential form is missing or malformed.
    InvalidCredentials,
    /// The call itself is wrong.
    InvalidRequest,
    /// The credentials were refused.
    Authorization,
    /// The provider refused the request.
    BadRequest,
    /// No such path, route or model.
    NotFound,
    /// Too much in a time.
    RateLimited,
    /// A budget is used up.
    QuotaExhausted,
    /// A content policy refused input or output.
    ContentBlocked,
    /// The gateway or the provider failed.
    ServerUnavailable,
    /// No connection, or it broke before the response began.
    Connection,
    /// A time limit passed.
    Timeout,
    /// A response that cannot be understood, or that ended too early.
    Protocol,
    /// The component does not do this.
    Unsupported,
    /// A fault of the component.
    Internal,
}

/// A failure that a person can act on. Its texts hold no secret.
///
/// It is one pointer wide: results are handed up through many functions, and
/// moving whole errors along took 6 % of the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Fields>);

/// What an error says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// What happened and what to do, at most [`MAX_MESSAGE_BYTES`].
    pub message: String,
    /// The HTTP status of the response.
    pub status: Option<u16>,
    /// The provider's own code.
    pub code: Option<String>,
    /// The server's word on when to try again, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// Whether a request may have reached the server.
    pub request_sent: bool,
}

/// Longest message of an error, in bytes (`wit/types.wit`, `error.message`).
pub const MAX_MESSAGE_BYTES: usize = 2048;

impl Deref for Error {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.0
    }
}

impl Error {
    /// An error that was found before anything was sent.
    pub fn before_sending(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message.into(), false)
    }

    /// An error that was found when a request may have reached the server.
    pub fn after_sending(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message.into(), true)
    }

    fn new(kind: ErrorKind, mut message: String, request_sent: bool) -> Self {
        truncate(&mut message, MAX_MESSAGE_BYTES);
        Self(Box::new(Fields {
            kind,
            message,
            status: None,
            code: None,
            retry_after_ms: None,
            request_id: None,
            request_sent,
        }))
    }

    /// Appends what to do, or why, as a sentence of its own.
    pub(crate) fn add_sentence(&mut self, sentence: &str) {
        if sentence.is_empty() {
            return;
        }
        let message = &mut self.0.message;
        // Room for it: what to do counts for more than what was said.
        truncate(
            message,
            MAX_MESSAGE_BYTES
                .saturating_sub(sentence.len())
                .saturating_sub(2),
        );
        if !message.ends_with(['.', '!', '?', '。']) {
            message.push('.');
        }
        message.push(' ');
        message.push_str(sentence);
    }

    /// The error with the part of the call that it is about in front.
    #[must_use]
    pub fn about(self, part: &str) -> Self {
        let message = format!("{part}: {}", self.message);
        self.reworded(message)
    }

    /// The error with what to do behind it, a sentence.
    #[must_use]
    pub fn advising(self, advice: &str) -> Self {
        let stop = if self.message.ends_with(['.', '!', '?', '。']) {
            ""
        } else {
            "."
        };
        let message = format!("{}{stop} {advice}", self.message);
        self.reworded(message)
    }

    fn reworded(mut self, mut message: String) -> Self {
        truncate(&mut message, MAX_MESSAGE_BYTES);
        self.message = message;
        self
    }

    /// What it says.
    #[must_use]
    pub fn into_fields(self) -> Fields {
        *self.0
    }

    /// A variable of the credential form is missing or malformed.
    #[must_use]
    pub fn invalid_credentials(variable: &str, problem: &str) -> Self {
        Self::before_sending(
            ErrorKind::InvalidCredentials,
            format!("`{variable}` {problem}"),
        )
    }

    /// The call itself is wrong.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::before_sending(ErrorKind::InvalidRequest, message)
    }

    /// The component does not do `what`.
    #[must_use]
    pub fn unsupported(what: &str) -> Self {
        Self::before_sending(
            ErrorKind::Unsupported,
            format!("{what}: this version of the provider does not support it"),
        )
    }

    /// A call asks for what the tenant's form says the model cannot do.
    #[must_use]
    pub fn not_configured(what: &str, variable: &str) -> Self {
        Self::before_sending(
            ErrorKind::Unsupported,
            format!("{what}: the model is not configured for it; see `{variable}` of its form"),
        )
    }

    /// A response that cannot be understood, or was cut short.
    pub fn protocol(message: impl Into<String>) -> Self {
        Self::after_sending(ErrorKind::Protocol, message)
    }
}

/// Cuts `text` to at most `limit` bytes, between characters, and marks the
/// cut.
pub(crate) fn truncate(text: &mut String, limit: usize) {
    const MARK: &str = "…";
    if text.len() <= limit {
        return;
    }
    let end = text.floor_char_boundary(limit.saturating_sub(MARK.len()));
    text.truncate(end);
    text.push_str(MARK);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let error = Error::protocol("界".repeat(1000));
        assert!(error.message.len() <= MAX_MESSAGE_BYTES);
        assert!(error.message.ends_with("界…"));
        let error = error.about("text 3").advising("Shorten it.");
        assert!(error.message.len() <= MAX_MESSAGE_BYTES);
        assert!(error.message.starts_with("text 3: 界"), "{}", error.message);
    }
}
