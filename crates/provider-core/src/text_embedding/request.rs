//! What to embed; `request` of `wit/text-embedding.wit`.

/// What to embed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The texts; none may be empty.
    pub texts: Vec<String>,
    /// The use of the vectors.
    pub input_type: Option<InputType>,
    /// Length of the vectors, at least 1.
    pub dimensions: Option<u32>,
}

impl Request {
    /// The smallest request, to check that a model can be reached.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            texts: vec!["ping".to_owned()],
            ..Self::default()
        }
    }
}

/// The use of vectors. Some models embed documents and queries differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// Texts to search.
    Document,
    /// Search queries.
    Query,
}
