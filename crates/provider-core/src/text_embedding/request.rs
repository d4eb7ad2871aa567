//! What to embed; `request` of `wit/text-embedding.wit`.

/// What to embed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The texts, none of them empty.
    pub texts: Vec<String>,
    /// What the vectors are for.
    pub input_type: Option<InputType>,
    /// Length of the vectors, at least 1.
    pub dimensions: Option<u32>,
}

impl Request {
    /// The smallest request: it shows whether a model can be reached.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            texts: vec!["ping".to_owned()],
            ..Self::default()
        }
    }
}

/// What vectors are for. Some models embed the two differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// Texts to be found.
    Document,
    /// Texts to search by.
    Query,
}
