//! Embedding models. Vectors are computed from the texts, so that similar texts
//! are near each other and retrieval works.

mod dashscope;
mod openai;
mod request;
mod row;
mod vector;

use super::api_error::{ApiError, ErrorShape};
use super::environment::Environment;
use super::{json_post, tokens};
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use http::StatusCode;
use request::{EmbeddingRequest, Encoding};
use row::Row;

/// The provider whose limits and errors an embedding model has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmbeddingProvider {
    /// At most 2,048 texts a request and 1,536 dimensions.
    #[default]
    OpenAi,
    /// text-embedding-v4: at most 10 texts a request, and one of eight
    /// dimensions, by default 1,024.
    DashScope,
}

/// A defect in the vectors of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmbeddingQuirk {
    /// No defect.
    #[default]
    None,
    /// They are in another order than the texts; their indexes are right.
    ShuffledIndexes,
    /// They are in order, and all have index 0.
    ZeroIndexes,
    /// The last is missing.
    OneMissing,
    /// The last is repeated, with an index of its own.
    OneTooMany,
    /// They are numbers even where base64 was requested.
    AlwaysNumbers,
    /// Each text has the vector of another, if there are three or more. The
    /// response looks right, but retrieval by it is wrong.
    ShuffledVectors,
}

/// An embedding model behind the gateway: at `/v1/embeddings`, and with
/// DashScope also at its own endpoint.
#[derive(Clone, Debug)]
pub struct Embeddings {
    provider: EmbeddingProvider,
    batch_limit: usize,
    quirk: EmbeddingQuirk,
}

impl Embeddings {
    /// A model with this provider's limits.
    #[must_use]
    pub fn new(provider: EmbeddingProvider) -> Self {
        let batch_limit = match provider {
            EmbeddingProvider::OpenAi => 2_048,
            EmbeddingProvider::DashScope => 10,
        };
        Self {
            provider,
            batch_limit,
            quirk: EmbeddingQuirk::None,
        }
    }

    /// Sets the most texts of a request.
    #[must_use]
    pub fn batch_limit(mut self, texts: usize) -> Self {
        self.batch_limit = texts;
        self
    }

    /// Sets a defect of its responses.
    #[must_use]
    pub fn quirk(mut self, quirk: EmbeddingQuirk) -> Self {
        self.quirk = quirk;
        self
    }

    /// Whether a path is an endpoint of this model.
    pub(crate) fn serves(&self, path: &str) -> bool {
        path.ends_with(openai::PATH)
            || (self.provider == EmbeddingProvider::DashScope && path.ends_with(dashscope::PATH))
    }

    /// Responds to a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        mut environment: Environment<'_>,
    ) -> MockResponse {
        self.served(request, &mut environment)
            .unwrap_or_else(|error| {
                error.into_response(self.errors(&request.path), &mut environment)
            })
    }

    fn served(
        &self,
        request: &ReceivedRequest,
        environment: &mut Environment<'_>,
    ) -> Result<MockResponse, ApiError> {
        if !self.serves(&request.path) {
            return Err(json_post::unknown_url(request));
        }
        let fields = json_post::fields(request)?;
        let is_native = request.path.ends_with(dashscope::PATH);
        let input = if is_native {
            dashscope::read(&fields)?
        } else {
            openai::read(&fields)?
        };
        let model = json_post::model(&fields, environment)?;
        let dimensions = self.check(&input)?;
        let rows = self.rows(&input.texts, dimensions);
        let tokens = input.texts.iter().map(|text| tokens::count(text)).sum();
        let encoding = match self.quirk {
            EmbeddingQuirk::AlwaysNumbers => Encoding::Numbers,
            _ => input.encoding,
        };
        let body = if is_native {
            dashscope::body(&rows, tokens, &environment.identifier())
        } else {
            openai::body(&rows, encoding, tokens, &model)
        };
        Ok(MockResponse::document(
            StatusCode::OK,
            "application/json",
            body.to_string(),
        ))
    }

    fn errors(&self, path: &str) -> ErrorShape {
        match self.provider {
            EmbeddingProvider::OpenAi => ErrorShape::OpenAi,
            EmbeddingProvider::DashScope if path.ends_with(dashscope::PATH) => {
                ErrorShape::DashScope
            }
            EmbeddingProvider::DashScope => ErrorShape::DashScopeCompatible,
        }
    }

    /// The length of the vectors, if the request is within the limits.
    fn check(&self, input: &EmbeddingRequest) -> Result<usize, ApiError> {
        match self.provider {
            EmbeddingProvider::OpenAi => openai::check(input, self.batch_limit),
            EmbeddingProvider::DashScope => dashscope::check(input, self.batch_limit),
        }
    }

    /// The vectors with their indexes, in the order of the response.
    fn rows(&self, texts: &[String], dimensions: usize) -> Vec<Row> {
        let mut rows: Vec<Row> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| Row {
                index,
                vector: vector::of(text, dimensions),
            })
            .collect();
        match self.quirk {
            EmbeddingQuirk::None | EmbeddingQuirk::AlwaysNumbers => {}
            // Any other order would do; this one is the same each time.
            EmbeddingQuirk::ShuffledIndexes => {
                rows.reverse();
                rows.rotate_left(texts.len() / 3);
            }
            EmbeddingQuirk::ShuffledVectors => {
                rows.rotate_left(texts.len() / 3);
                for (index, row) in rows.iter_mut().enumerate() {
                    row.index = index;
                }
            }
            EmbeddingQuirk::ZeroIndexes => rows.iter_mut().for_each(|row| row.index = 0),
            EmbeddingQuirk::OneMissing => drop(rows.pop()),
            EmbeddingQuirk::OneTooMany => {
                let again = rows.last().map(|last| Row {
                    index: texts.len(),
                    vector: last.vector.clone(),
                });
                rows.extend(again);
            }
        }
        rows
    }
}
