//! The encoding of vectors in a response.

/// The encoding of vectors in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Arrays of numbers.
    Float,
    /// The bytes of the numbers, in base64.
    Base64,
}
