//! The words of the contract's model kinds.

use super::types::ModelKind;

impl Eq for ModelKind {}

impl ModelKind {
    /// The kinds that this version of the contract names.
    pub const ALL: [Self; 4] = [
        Self::TextGeneration,
        Self::ImageGeneration,
        Self::TextEmbedding,
        Self::TextRerank,
    ];

    /// The kind's name in the contract, such as `text-generation`: that of its
    /// interface too.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::TextGeneration => "text-generation",
            Self::ImageGeneration => "image-generation",
            Self::TextEmbedding => "text-embedding",
            Self::TextRerank => "text-rerank",
            Self::Other(kind) => kind,
        }
    }
}
