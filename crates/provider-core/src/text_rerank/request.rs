//! What to rank; `request` of `wit/text-rerank.wit`.

use crate::error::Error;

/// What to rank.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Not only whitespace.
    pub query: String,
    /// At most [`MAX_DOCUMENTS`].
    pub documents: Vec<String>,
    /// Number of results to return; at least 1.
    pub top_n: Option<u32>,
    /// Omit results with a lower score; finite.
    pub score_threshold: Option<f64>,
    /// What counts as relevant.
    pub instruction: Option<String>,
}

/// Maximum number of documents in a request. No known provider accepts more;
/// many accept fewer and return an error.
pub const MAX_DOCUMENTS: usize = 1000;

impl Request {
    /// Two clearly different documents, to check that a model ranks.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            query: "capital of France".to_owned(),
            documents: vec!["Paris".to_owned(), "bread".to_owned()],
            ..Self::default()
        }
    }

    /// Checks the request before anything is sent.
    ///
    /// # Errors
    ///
    /// `invalid-request`, which names the field.
    pub fn check(&self) -> Result<(), Error> {
        let (field, problem) = if self.query.trim().is_empty() {
            ("query", "`query` is empty".to_owned())
        } else if self.documents.len() > MAX_DOCUMENTS {
            let problem = format!(
                "too many documents ({}); the maximum is {MAX_DOCUMENTS}. Rerank only the top search results.",
                self.documents.len()
            );
            ("documents", problem)
        } else if self.top_n == Some(0) {
            let problem = "`top_n` must be at least 1; omit it to return all documents";
            ("top_n", problem.to_owned())
        } else if self.score_threshold.is_some_and(|score| !score.is_finite()) {
            let problem = "`score_threshold` must be a finite number";
            ("score_threshold", problem.to_owned())
        } else {
            return Ok(());
        };
        Err(Error::invalid_request(problem).with_field(field))
    }

    /// Whether there is nothing to rank, so that no request is sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }
}
