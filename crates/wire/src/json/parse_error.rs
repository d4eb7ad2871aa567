//! Why a document cannot be read.

/// Why a document cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseError {
    /// The document ends too soon.
    Truncated,
    /// The document is not JSON, is nested too deeply, or has a value of
    /// another type than the one requested.
    Malformed,
}
