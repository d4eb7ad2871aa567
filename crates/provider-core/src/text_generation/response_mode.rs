//! Whether a response comes whole or as a stream.

/// How the answer is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In one piece.
    Full,
    /// In pieces, as they are made.
    Streaming,
}
