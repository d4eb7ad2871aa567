//! Rerank requests, parsed from the fields that all forms have.

use serde_json::{Map, Value};

use crate::upstream::api_error::ApiError;
use crate::upstream::field::{positive_integer, present, text};
use crate::upstream::tokens;

/// The most documents of a request.
const MOST_DOCUMENTS: usize = 500;

/// Whether documents are returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Returned {
    Yes,
    No,
}

/// A request, whatever its form.
pub(super) struct RerankRequest {
    pub(super) query: String,
    pub(super) documents: Vec<String>,
    pub(super) top_n: usize,
    pub(super) returned: Returned,
}

impl RerankRequest {
    /// Reads the fields of all forms; `parameters` has the last two.
    pub(super) fn read(
        input: &Map<String, Value>,
        parameters: &Map<String, Value>,
        returned: Returned,
    ) -> Result<Self, ApiError> {
        let query = text(input, "query")?.ok_or_else(|| ApiError::missing("query"))?;
        let documents = documents(input)?;
        if documents.len() > MOST_DOCUMENTS {
            let message = format!("Range of documents should be [1, {MOST_DOCUMENTS}]");
            return Err(ApiError::field("documents", message));
        }
        let returned = match present(parameters, "return_documents") {
            None => returned,
            Some(Value::Bool(true)) => Returned::Yes,
            Some(Value::Bool(false)) => Returned::No,
            Some(_) => return Err(ApiError::wrong_type("return_documents", "a boolean")),
        };
        Ok(Self {
            query: query.to_owned(),
            documents,
            top_n: positive_integer(parameters, "top_n")?.unwrap_or(usize::MAX),
            returned,
        })
    }

    /// The query is read with each document.
    pub(super) fn tokens(&self) -> u64 {
        let query = tokens::count(&self.query);
        let documents = self.documents.iter();
        documents.map(|text| query + tokens::count(text)).sum()
    }
}

/// Texts, or objects with a text.
fn documents(input: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let wrong_type = || ApiError::wrong_type("documents", "an array of strings");
    let documents = present(input, "documents").ok_or_else(|| ApiError::missing("documents"))?;
    let documents = documents.as_array().ok_or_else(wrong_type)?;
    if documents.is_empty() {
        let message = "The documents of the request cannot be empty.";
        return Err(ApiError::field("documents", message));
    }
    documents
        .iter()
        .map(|document| document.get("text").unwrap_or(document))
        .map(|text| text.as_str().map(str::to_owned).ok_or_else(wrong_type))
        .collect()
}
