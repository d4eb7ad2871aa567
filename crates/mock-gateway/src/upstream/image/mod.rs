//! Image models. They draw real pictures, which the gateway's [object
//! storage](crate::object_storage) serves at their URLs.

mod dashscope;
mod openai;
mod request;
mod tasks;

use super::api_error::{ApiError, ErrorShape};
use super::environment::Environment;
use super::json_post;
use crate::object_storage::{self, Picture};
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use http::StatusCode;
use request::ImageRequest;
use tasks::Tasks;

/// How many of the requested images are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageOutcome {
    /// All of them.
    #[default]
    All,
    /// All but the last image, which fails.
    AllButLast,
    /// None: the model fails. A task reports it with status 200.
    Nothing,
}

/// Image models behind the gateway: DashScope's synchronous endpoint, its two
/// asynchronous endpoints with their tasks, and `/v1/images/generations`.
#[derive(Debug, Default)]
pub struct Images {
    polls: u32,
    outcome: ImageOutcome,
    refused: Vec<String>,
    tasks: Tasks,
}

impl Images {
    /// Models that draw everything, and whose tasks are done at the first poll.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many polls of a task return `PENDING` (the first) or `RUNNING`
    /// before it is done.
    #[must_use]
    pub fn polls_until_done(mut self, polls: u32) -> Self {
        self.polls = polls;
        self
    }

    /// Sets how many of the requested images are drawn.
    #[must_use]
    pub fn outcome(mut self, outcome: ImageOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Rejects prompts that contain this word, as a content policy does.
    #[must_use]
    pub fn refusing(mut self, word: &str) -> Self {
        self.refused.push(word.to_lowercase());
        self
    }

    /// Whether a path is an image endpoint.
    pub(crate) fn serves(path: &str) -> bool {
        Endpoint::of(path).is_some()
    }

    /// Responds to a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        mut environment: Environment<'_>,
    ) -> MockResponse {
        let endpoint = Endpoint::of(&request.path);
        let shape = match endpoint {
            Some(Endpoint::OpenAi) => ErrorShape::OpenAi,
            Some(_) | None => ErrorShape::DashScope,
        };
        let body = endpoint
            .ok_or_else(|| json_post::unknown_url(request))
            .and_then(|endpoint| self.served(endpoint, request, &mut environment));
        match body {
            Ok(body) => {
                MockResponse::document(StatusCode::OK, "application/json", body.to_string())
            }
            Err(error) => error.into_response(shape, &mut environment),
        }
    }

    fn served(
        &self,
        endpoint: Endpoint<'_>,
        request: &ReceivedRequest,
        environment: &mut Environment<'_>,
    ) -> Result<serde_json::Value, ApiError> {
        match endpoint {
            Endpoint::OpenAi => openai::draw(self, request, environment),
            Endpoint::Synchronous => dashscope::draw(self, request, environment),
            Endpoint::Asynchronous => dashscope::submit(self, request, environment),
            Endpoint::Task(id) => dashscope::poll(self, id, request, environment),
            Endpoint::Cancel(id) => dashscope::cancel(self, id, request, environment),
        }
    }

    /// Applies the content policy.
    fn admit(&self, request: &ImageRequest) -> Result<(), ApiError> {
        let prompt = request.prompt.to_lowercase();
        if !self.refused.iter().any(|word| prompt.contains(word)) {
            return Ok(());
        }
        let message = "Input data may contain inappropriate content.";
        Err(ApiError::new(StatusCode::BAD_REQUEST, message).code("content_policy_violation"))
    }

    /// The images of a request, drawn or failed.
    fn drawn(&self, request: &ImageRequest) -> Vec<Drawing> {
        let pictures = request.pictures();
        let kept = match self.outcome {
            ImageOutcome::All => pictures.len(),
            ImageOutcome::AllButLast => pictures.len().saturating_sub(1),
            ImageOutcome::Nothing => 0,
        };
        let drawing = |(place, picture): (usize, Picture)| {
            if place < kept {
                Drawing::Done(picture)
            } else {
                Drawing::Failed
            }
        };
        pictures.into_iter().enumerate().map(drawing).collect()
    }
}

/// One image of a request.
#[derive(Clone, Copy, Debug)]
enum Drawing {
    Done(Picture),
    Failed,
}

/// The pictures that were drawn.
fn pictures(drawings: &[Drawing]) -> Vec<Picture> {
    let done = |drawing: &Drawing| match drawing {
        Drawing::Done(picture) => Some(*picture),
        Drawing::Failed => None,
    };
    drawings.iter().filter_map(done).collect()
}

/// The error of a model that fails.
fn model_failed() -> ApiError {
    let message = "An internal error has occured during execution, try again later or contact service support.";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, message).code("InternalError.Algo")
}

fn url(picture: Picture, environment: &Environment<'_>) -> String {
    object_storage::url(environment.origin, picture, environment.unix_seconds)
}

#[derive(Clone, Copy)]
enum Endpoint<'a> {
    OpenAi,
    Synchronous,
    Asynchronous,
    Task(&'a str),
    Cancel(&'a str),
}

impl<'a> Endpoint<'a> {
    fn of(path: &'a str) -> Option<Self> {
        const ASYNCHRONOUS: [&str; 2] = [
            "/api/v1/services/aigc/text2image/image-synthesis",
            "/api/v1/services/aigc/image-generation/generation",
        ];
        if path.ends_with("/v1/images/generations") {
            return Some(Self::OpenAi);
        }
        if path.ends_with("/api/v1/services/aigc/multimodal-generation/generation") {
            return Some(Self::Synchronous);
        }
        if ASYNCHRONOUS.iter().any(|end| path.ends_with(end)) {
            return Some(Self::Asynchronous);
        }
        let (_, task) = path.rsplit_once("/api/v1/tasks/")?;
        match task.split_once('/') {
            None if !task.is_empty() => Some(Self::Task(task)),
            Some((id, "cancel")) => Some(Self::Cancel(id)),
            None | Some(_) => None,
        }
    }
}
