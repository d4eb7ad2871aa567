//! Whether a response is complete or streamed.

/// How the answer is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// As one document.
    Full,
    /// As a stream of events.
    Streaming,
}
