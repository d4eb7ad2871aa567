//! What to rank; `request` of `wit/text-rerank.wit`.

use crate::error::Error;

/// What to rank.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Not blank.
    pub query: String,
    /// At most [`MAX_DOCUMENTS`].
    pub documents: Vec<String>,
    /// Return the best so many; at least 1.
    pub top_n: Option<u32>,
    /// Leave out what scores below; finite.
    pub score_threshold: Option<f64>,
    /// What relevance means here.
    pub instruction: Option<String>,
}

/// Most documents of one request. No provider is known to take more; many
/// take less, and say so.
pub const MAX_DOCUMENTS: usize = 1000;

impl Request {
    /// Two documents that are easily told apart, to see whether a model
    /// ranks.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            query: "capital of France".to_owned(),
            documents: vec!["Paris".to_owned(), "bread".to_owned()],
            ..Self::default()
        }
    }

    /// Checks what can be known before anything is sent.
    ///
    /// # Errors
    ///
    /// `invalid-request`, naming the field.
    pub fn check(&self) -> Result<(), Error> {
        let problem = if self.query.trim().is_empty() {
            "`query` is empty".to_owned()
        } else if self.documents.len() > MAX_DOCUMENTS {
            format!(
                "too many documents ({}); the maximum is {MAX_DOCUMENTS}. Rerank only the top search results.",
                self.documents.len()
            )
        } else if self.top_n == Some(0) {
            "`top_n` must be at least 1; omit it to return all documents".to_owned()
        } else if self.score_threshold.is_some_and(|score| !score.is_finite()) {
            "`score_threshold` must be a finite number".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::invalid_request(problem))
    }

    /// The result where there is nothing to rank: it needs no server.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }
}
