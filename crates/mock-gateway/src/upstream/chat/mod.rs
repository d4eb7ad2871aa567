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
use super::{Scene, json_post};
use crate::received_request::Arrival;
use crate::response::Answer;
use cache::Cache;
pub use dialect::ChatDialect;
use guard::Guard;
use http::StatusCode;
use request::Delivery;
use response::Response;
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

    /// Puts ai-security-guard in front, which writes the answer itself if the
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
        let paths = self.dialect.speaker().paths();
        paths.iter().any(|served| path.ends_with(served))
    }

    /// Answers a request.
    pub(crate) fn answer(&self, arrival: &Arrival, mut scene: Scene<'_>) -> Answer {
        self.served(arrival, &mut scene)
            .unwrap_or_else(|error| error.into_answer(self.dialect.speaker().errors(), &mut scene))
    }

    fn served(&self, arrival: &Arrival, scene: &mut Scene<'_>) -> Result<Answer, ApiError> {
        if !self.serves(&arrival.path) {
            return Err(json_post::unknown_url(arrival));
        }
        let speaker = self.dialect.speaker();
        let fields = json_post::fields(arrival)?;
        let request = speaker.read(&fields, arrival)?;
        let model = json_post::model(&fields, scene)?;
        if let Some(answer) = self.guard.denial(&request, scene) {
            return Ok(answer);
        }
        let cache = self.cache.as_ref().filter(|_| Cache::is_wanted(arrival));
        if let Some(answer) = cache.and_then(|cache| cache.hit(&request)) {
            return Ok(answer);
        }
        let thinks = speaker.thinks(request.thinking);
        let response = Response::to(&request, model, &self.rules, thinks, scene);
        if let Some(cache) = cache {
            cache.keep(&request, &response);
        }
        Ok(match request.delivery {
            Delivery::Document(content) => Answer::document(
                StatusCode::OK,
                "application/json",
                speaker.document(&response, content).to_string(),
            ),
            Delivery::Stream(_) | Delivery::NativeStream(..) => speaker
                .events(&response, request.delivery)
                .into_iter()
                .fold(Answer::event_stream(), Answer::bytes),
        })
    }
}
