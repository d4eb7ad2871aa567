//! Image models: one file for each provider's endpoints, and their paths. They
//! draw real pictures, which the gateway's [object
//! storage](crate::object_storage) serves at their URLs.

mod dashscope;
mod drawing;
mod model;
mod openai;
mod request;
mod tasks;

use super::api_error::{ApiError, ErrorShape};
use super::environment::Environment;
use super::json_post;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use http::StatusCode;
pub use model::{ImageOutcome, Images};

impl Images {
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
