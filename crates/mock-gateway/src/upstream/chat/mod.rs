//! Chat models: a small program that greets, remembers names, does sums,
//! counts, finds answers in what it was told before and calls tools by rules,
//! in the dialects of several providers.

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
use super::{UpstreamContext, json_post};
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
    /// A model of this dialect. It calls no tools by itself.
    #[must_use]
    pub fn new(dialect: ChatDialect) -> Self {
        Self {
            dialect,
            rules: Rules::new(),
            guard: Guard::default(),
            cache: None,
        }
    }

    /// Calls tools by these rules.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Puts ai-security-guard in front, which writes the response itself if the
    /// last message holds this word.
    #[must_use]
    pub fn guarded_against(mut self, word: &str) -> Self {
        self.guard.refuse(word);
        self
    }

    /// Puts ai-cache in front: a last message that came before is answered
    /// with the text it was answered with then, whatever stands before it.
    #[must_use]
    pub fn cached(mut self) -> Self {
        self.cache = Some(Cache::default());
        self
    }

    /// Whether a path leads to this model.
    pub(crate) fn serves(&self, path: &str) -> bool {
        let paths = self.dialect.format().paths();
        paths.iter().any(|served| path.ends_with(served))
    }

    /// Answers a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        mut context: UpstreamContext<'_>,
    ) -> MockResponse {
        self.served(request, &mut context).unwrap_or_else(|error| {
            error.into_response(self.dialect.format().errors(), &mut context)
        })
    }

    fn served(
        &self,
        request: &ReceivedRequest,
        context: &mut UpstreamContext<'_>,
    ) -> Result<MockResponse, ApiError> {
        if !self.serves(&request.path) {
            return Err(json_post::unknown_url(request));
        }
        let format = self.dialect.format();
        let fields = json_post::fields(request)?;
        let question = format.read(&fields, request)?;
        let model = json_post::model(&fields, context)?;
        if let Some(response) = self.guard.denial(&question, context) {
            return Ok(response);
        }
        let cache = self.cache.as_ref().filter(|_| Cache::is_wanted(request));
        if let Some(response) = cache.and_then(|cache| cache.hit(&question)) {
            return Ok(response);
        }
        let thinks = format.thinks(question.thinking);
        let response = ChatResponse::to(&question, model, &self.rules, thinks, context);
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
