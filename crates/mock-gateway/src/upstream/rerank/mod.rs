//! Rerank models. A document's score is how much it and the query share.

mod dashscope;

use super::api_error::{ApiError, ErrorShape};
use super::features::Features;
use super::field::{positive_integer, present, text};
use super::{UpstreamContext, json_post, tokens};
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use http::StatusCode;
use serde_json::{Map, Value, json};

/// Most documents of a request.
const MOST_DOCUMENTS: usize = 500;

/// Whose form a rerank model has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RerankProvider {
    /// `/api/v1/services/rerank/text-rerank/text-rerank`, nested, and
    /// `/compatible-api/v1/reranks`, flat.
    #[default]
    DashScope,
    /// `/v1/rerank`, flat; documents come back unless told not to.
    Jina,
    /// `/v1/rerank` and `/v2/rerank`, flat, with billed units; the second never
    /// gives documents back.
    Cohere,
}

/// A rerank model behind the gateway.
#[derive(Clone, Debug)]
pub struct Rerank {
    provider: RerankProvider,
}

impl Rerank {
    /// A model of this provider's form.
    #[must_use]
    pub fn new(provider: RerankProvider) -> Self {
        Self { provider }
    }

    /// Whether a path leads to this model.
    pub(crate) fn serves(&self, path: &str) -> bool {
        self.form(path).is_some()
    }

    /// Answers a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        mut context: UpstreamContext<'_>,
    ) -> MockResponse {
        self.served(request, &mut context)
            .unwrap_or_else(|error| error.into_response(self.errors(&request.path), &mut context))
    }

    fn served(
        &self,
        request: &ReceivedRequest,
        context: &mut UpstreamContext<'_>,
    ) -> Result<MockResponse, ApiError> {
        let form = self
            .form(&request.path)
            .ok_or_else(|| json_post::unknown_url(request))?;
        let fields = json_post::fields(request)?;
        let asked = match form {
            Form::Nested => dashscope::read(&fields)?,
            Form::Jina => read(&fields, &fields, Returned::Yes)?,
            Form::Flat | Form::CohereV1 | Form::CohereV2 => read(&fields, &fields, Returned::No)?,
        };
        let model = json_post::model(&fields, context)?;
        let ranking = ranking(&asked);
        let identifier = context.identifier();
        let results = |named: Named| results(&ranking, &asked, named);
        let tokens = asked.tokens();
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

/// Whether documents come back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Returned {
    Yes,
    No,
}

/// How a result names its document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// As `{"text"}`, if it was asked for.
    Object,
    /// Not at all.
    Never,
}

/// What is asked for, whatever the form.
struct RerankRequest {
    query: String,
    documents: Vec<String>,
    most: usize,
    returned: Returned,
}

impl RerankRequest {
    /// The query is read with each document.
    fn tokens(&self) -> u64 {
        let query = tokens::count(&self.query);
        let documents = self.documents.iter();
        documents.map(|text| query + tokens::count(text)).sum()
    }
}

/// The documents' indexes and scores, best first; of equals, the earlier.
fn ranking(asked: &RerankRequest) -> Vec<(usize, f64)> {
    let query = Features::of(&asked.query);
    let mut ranking: Vec<(usize, f64)> = asked
        .documents
        .iter()
        .map(|document| query.likeness(&Features::of(document)))
        .enumerate()
        .collect();
    ranking.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranking.truncate(asked.most);
    ranking
}

fn results(ranking: &[(usize, f64)], asked: &RerankRequest, named: Named) -> Vec<Value> {
    ranking
        .iter()
        .map(|&(index, score)| {
            let mut result = json!({"index": index, "relevance_score": score});
            if asked.returned == Returned::Yes && named == Named::Object {
                result["document"] = json!({"text": asked.documents.get(index)});
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

/// Reads what all forms have; `parameters` is where the last two are.
fn read(
    input: &Map<String, Value>,
    parameters: &Map<String, Value>,
    returned: Returned,
) -> Result<RerankRequest, ApiError> {
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
    Ok(RerankRequest {
        query: query.to_owned(),
        documents,
        most: positive_integer(parameters, "top_n")?.unwrap_or(usize::MAX),
        returned,
    })
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
