//! Chat models: a small program that greets, remembers names, calculates,
//! counts, finds answers in the conversation and calls tools by rules, in the
//! dialects of several providers.

mod arithmetic;
mod cache;
mod canned_responses;
mod conversation;
mod dialect;
mod finish;
mod guard;
mod message;
mod placeholders;
mod request;
mod response;
mod retrieval;
mod rules;
mod tools;

use super::api_error::ApiError;
use super::environment::Environment;
use super::json_post;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use cache::Cache;
pub use dialect::ChatDialect;
use guard::Guard;
use http::StatusCode;
use request::Delivery;
use response::ChatResponse;
pub use rules::{Rule, Rules};

/// A chat model behind the gateway.
#[derive(Debug)]
pub struct Chat {
    dialect: ChatDialect,
    rules: Rules,
    guard: Guard,
    cache: Option<Cache>,
}

impl Chat {
    /// A model of this dialect. Without rules it calls tools only if it must.
    #[must_use]
    pub fn new(dialect: ChatDialect) -> Self {
        Self {
            dialect,
            rules: Rules::new(),
            guard: Guard::default(),
            cache: None,
        }
    }

    /// Sets the rules by which it calls tools.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Puts ai-security-guard in front, which responds itself if the last
    /// message contains this word.
    #[must_use]
    pub fn guarded_against(mut self, word: &str) -> Self {
        self.guard.refuse(word);
        self
    }

    /// Puts ai-cache in front: a last message that was sent before gets the
    /// response it had then, whatever the messages before it.
    #[must_use]
    pub fn cached(mut self) -> Self {
        self.cache = Some(Cache::default());
        self
    }

    /// Whether a path is an endpoint of this model.
    pub(crate) fn serves(&self, path: &str) -> bool {
        let paths = self.dialect.format().paths();
        paths.iter().any(|served| path.ends_with(served))
    }

    /// Responds to a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        mut environment: Environment<'_>,
    ) -> MockResponse {
        self.served(request, &mut environment)
            .unwrap_or_else(|error| {
                error.into_response(self.dialect.format().errors(), &mut environment)
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
        let format = self.dialect.format();
        let fields = json_post::fields(request)?;
        let question = format.read(&fields, request)?;
        let model = json_post::model(&fields, environment)?;
        if let Some(response) = self.guard.denial(&question, environment) {
            return Ok(response);
        }
        let cache = self.cache.as_ref().filter(|_| Cache::is_wanted(request));
        if let Some(response) = cache.and_then(|cache| cache.hit(&question)) {
            return Ok(response);
        }
        let thinks = format.thinks(question.thinking);
        let response = ChatResponse::to(&question, model, &self.rules, thinks, environment);
        if let Some(cache) = cache {
            cache.keep(&question, &response);
        }
        Ok(match question.delivery {
            Delivery::Document(content) => MockResponse::document(
                StatusCode::OK,
                "application/json",
                format.document(&response, content).to_string(),
            ),
            Delivery::Stream(_) | Delivery::NativeStream(..) => format
                .events(&response, question.delivery)
                .into_iter()
                .fold(MockResponse::event_stream(), MockResponse::bytes),
        })
    }
}
