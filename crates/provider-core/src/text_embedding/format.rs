//! The encoding of vectors in a response.

/// How vectors are written in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As lists of numbers.
    Float,
    /// As the bytes of the numbers.
    Base64,
}
