//! What an image model does, whatever its endpoint: which prompts it refuses,
//! how many images it draws, and when its tasks are done.

use http::StatusCode;

use super::drawing::Drawing;
use super::request::ImageRequest;
use super::tasks::Tasks;
use crate::object_storage::Picture;
use crate::upstream::api_error::ApiError;

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
    pub(super) polls: u32,
    pub(super) outcome: ImageOutcome,
    refused: Vec<String>,
    pub(super) tasks: Tasks,
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

    /// Applies the content policy.
    pub(super) fn admit(&self, request: &ImageRequest) -> Result<(), ApiError> {
        let prompt = request.prompt.to_lowercase();
        if !self.refused.iter().any(|word| prompt.contains(word)) {
            return Ok(());
        }
        let message = "Input data may contain inappropriate content.";
        Err(ApiError::new(StatusCode::BAD_REQUEST, message).code("content_policy_violation"))
    }

    /// The images of a request, drawn or failed.
    pub(super) fn drawn(&self, request: &ImageRequest) -> Vec<Drawing> {
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

/// The error of a model that fails.
pub(super) fn model_failed() -> ApiError {
    let message = "An internal error has occured during execution, try again later or contact service support.";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, message).code("InternalError.Algo")
}
