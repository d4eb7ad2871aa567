//! The error type of the core. It mirrors `error` in `wit/types.wit`, which
//! documents the kinds.

use core::ops::{Deref, DerefMut};

/// The kind of a failure, for decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A variable of the credential form is missing or malformed.
    InvalidCredentials,
    /// The request is invalid.
    InvalidRequest,
    /// The credentials were rejected.
    Authorization,
    /// The provider rejected the request.
    BadRequest,
    /// No such path, route or model.
    NotFound,
    /// Too many requests or tokens.
    RateLimited,
    /// A quota is exhausted.
    QuotaExhausted,
    /// A content policy blocked input or output.
    ContentBlocked,
    /// The gateway or the provider failed.
    ServerUnavailable,
    /// The connection failed, or was closed before the response began.
    Connection,
    /// A time limit passed.
    Timeout,
    /// The response is not valid for the protocol, or ended early.
    Protocol,
    /// The provider or the model does not support the request.
    Unsupported,
    /// A bug in the component.
    Internal,
}

/// A failure. Its texts contain no secrets.
///
/// The fields are boxed so that results stay small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Fields>);

/// The fields of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The kind of the failure.
    pub kind: ErrorKind,
    /// What happened and what to do, at most [`MAX_MESSAGE_BYTES`].
    pub message: String,
    /// The form variable or request field at fault, such as `api_key` or
    /// `parameters.top_p`.
    pub field: Option<String>,
    /// The HTTP status of the response.
    pub status: Option<u16>,
    /// The provider's own code.
    pub code: Option<String>,
    /// How long the server asks to wait before a retry, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// Whether a request may have reached the server.
    pub request_sent: bool,
    /// What the server states beyond the kind of the failure.
    pub stated: Stated,
}

/// What a server states about a failure beyond its kind, read once from its
/// response. Decisions stand on it, never on the message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// The parameter at fault, by its name on the wire.
    pub param: Option<String>,
    /// No server has processed the request.
    pub not_processed: bool,
    /// The request contains more texts than a batch may.
    pub batch_too_large: bool,
    /// The time of a signature or token was rejected.
    pub time_rejected: bool,
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
    /// An error that occurred before anything was sent.
    pub fn before_sending(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message.into(), false)
    }

    /// An error that occurred when a request may have reached the server.
    pub fn after_sending(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message.into(), true)
    }

    fn new(kind: ErrorKind, mut message: String, request_sent: bool) -> Self {
        truncate(&mut message, MAX_MESSAGE_BYTES);
        Self(Box::new(Fields {
            kind,
            message,
            field: None,
            status: None,
            code: None,
            retry_after_ms: None,
            request_id: None,
            request_sent,
            stated: Stated::default(),
        }))
    }

    /// Appends a sentence with a cause or advice.
    pub(crate) fn add_sentence(&mut self, sentence: &str) {
        if sentence.is_empty() {
            return;
        }
        let message = &mut self.0.message;
        // The sentence is kept in full; the message is truncated instead.
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

    /// Prefixes the message with the part of the request that it refers to.
    #[must_use]
    pub fn about(self, part: &str) -> Self {
        let message = format!("{part}: {}", self.message);
        self.reworded(message)
    }

    /// Appends advice, a sentence.
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

    /// The same error, about this form variable or request field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The fields.
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
        .with_field(variable)
    }

    /// The request is invalid.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::before_sending(ErrorKind::InvalidRequest, message)
    }

    /// `what` is not supported.
    #[must_use]
    pub fn unsupported(what: &str) -> Self {
        Self::before_sending(
            ErrorKind::Unsupported,
            format!("{what}: not supported by this version of the provider"),
        )
    }

    /// The request uses a feature that the tenant's form does not enable.
    #[must_use]
    pub fn not_configured(what: &str, variable: &str) -> Self {
        Self::before_sending(
            ErrorKind::Unsupported,
            format!("{what}: not enabled for this model; see `{variable}` in its credential form"),
        )
        .with_field(variable)
    }

    /// The response is invalid or truncated.
    pub fn protocol(message: impl Into<String>) -> Self {
        Self::after_sending(ErrorKind::Protocol, message)
    }
}

/// Truncates `text` to at most `limit` bytes, at a character boundary, and
/// marks the cut.
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
