//! Rerank models. A document's score is its similarity to the query.

mod dashscope;
mod request;

use super::api_error::{ApiError, ErrorShape};
use super::environment::Environment;
use super::features::Features;
use super::json_post;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use http::StatusCode;
use request::{RerankRequest, Returned};
use serde_json::{Value, json};

/// The provider whose API a rerank model has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RerankProvider {
    /// `/api/v1/services/rerank/text-rerank/text-rerank`, nested, and
    /// `/compatible-api/v1/reranks`, flat.
    #[default]
    DashScope,
    /// `/v1/rerank`, flat; documents are returned by default.
    Jina,
    /// `/v1/rerank` and `/v2/rerank`, flat, with billed units; the second never
    /// returns documents.
    Cohere,
}

/// A rerank model behind the gateway.
#[derive(Clone, Debug)]
pub struct Rerank {
    provider: RerankProvider,
}

impl Rerank {
    /// A model with this provider's API.
    #[must_use]
    pub fn new(provider: RerankProvider) -> Self {
        Self { provider }
    }

    /// Whether a path is an endpoint of this model.
    pub(crate) fn serves(&self, path: &str) -> bool {
        self.form(path).is_some()
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
        let form = self
            .form(&request.path)
            .ok_or_else(|| json_post::unknown_url(request))?;
        let fields = json_post::fields(request)?;
        let input = match form {
            Form::Nested => dashscope::read(&fields)?,
            Form::Jina => RerankRequest::read(&fields, &fields, Returned::Yes)?,
            Form::Flat | Form::CohereV1 | Form::CohereV2 => {
                RerankRequest::read(&fields, &fields, Returned::No)?
            }
        };
        let model = json_post::model(&fields, environment)?;
        let ranking = ranking(&input);
        let identifier = environment.identifier();
        let results = |named: Named| results(&ranking, &input, named);
        let tokens = input.tokens();
        let body = match form {
            Form::Nested => dashscope::body(&results(Named::Object), tokens, &identifier),
            Form::Flat => json!({
                "id": identifier,
                "object": "list",
                "model": model,
                "results": results(Named::Object),
                "usage": {"total_tokens": tokens},
            }),
            Form::Jina => json!({
                "model": model,
                "object": "list",
                "usage": {"total_tokens": tokens, "prompt_tokens": tokens},
                "results": results(Named::Object),
            }),
            Form::CohereV1 => cohere(&results(Named::Object), &identifier, "1"),
            Form::CohereV2 => cohere(&results(Named::Never), &identifier, "2"),
        };
        Ok(MockResponse::document(
            StatusCode::OK,
            "application/json",
            body.to_string(),
        ))
    }

    fn form(&self, path: &str) -> Option<Form> {
        match self.provider {
            RerankProvider::DashScope if path.ends_with(dashscope::PATH) => Some(Form::Nested),
            RerankProvider::DashScope if path.ends_with("/v1/reranks") => Some(Form::Flat),
            RerankProvider::Jina if path.ends_with("/v1/rerank") => Some(Form::Jina),
            RerankProvider::Cohere if path.ends_with("/v1/rerank") => Some(Form::CohereV1),
            RerankProvider::Cohere if path.ends_with("/v2/rerank") => Some(Form::CohereV2),
            _ => None,
        }
    }

    fn errors(&self, path: &str) -> ErrorShape {
        match self.form(path) {
            Some(Form::Flat) => ErrorShape::DashScopeCompatible,
            Some(Form::Nested) => ErrorShape::DashScope,
            Some(Form::Jina) => ErrorShape::Jina,
            Some(Form::CohereV1 | Form::CohereV2) => ErrorShape::Cohere,
            None => match self.provider {
                RerankProvider::DashScope => ErrorShape::DashScope,
                RerankProvider::Jina => ErrorShape::Jina,
                RerankProvider::Cohere => ErrorShape::Cohere,
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Form {
    Nested,
    Flat,
    Jina,
    CohereV1,
    CohereV2,
}

/// How a result returns its document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// As `{"text"}`, if it was requested.
    Object,
    /// Never.
    Never,
}

/// The documents' indexes and scores, best first; of equal scores, the earlier
/// first.
fn ranking(input: &RerankRequest) -> Vec<(usize, f64)> {
    let query = Features::of(&input.query);
    let mut ranking: Vec<(usize, f64)> = input
        .documents
        .iter()
        .map(|document| query.likeness(&Features::of(document)))
        .enumerate()
        .collect();
    ranking.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranking.truncate(input.top_n);
    ranking
}

fn results(ranking: &[(usize, f64)], input: &RerankRequest, named: Named) -> Vec<Value> {
    ranking
        .iter()
        .map(|&(index, score)| {
            let mut result = json!({"index": index, "relevance_score": score});
            if input.returned == Returned::Yes && named == Named::Object {
                result["document"] = json!({"text": input.documents.get(index)});
            }
            result
        })
        .collect()
}

fn cohere(results: &[Value], identifier: &str, version: &str) -> Value {
    json!({
        "id": identifier,
        "results": results,
        "meta": {"api_version": {"version": version}, "billed_units": {"search_units": 1}},
    })
}
