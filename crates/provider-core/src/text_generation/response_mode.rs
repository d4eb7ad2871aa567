//! Whether a response comes whole or as a stream.

/// How the answer is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// In one piece.
    Whole,
    /// In pieces, as they are made.
    Stream,
}
