//! Upstreams: model providers that read the request and respond to it, one
//! folder for each kind of model. The content of a response is separate from
//! its wire format.

mod api_error;
pub(crate) mod chat;
pub(crate) mod embedding;
mod environment;
mod features;
mod field;
pub(crate) mod image;
mod json_post;
pub(crate) mod provider;
pub(crate) mod rerank;
mod tokens;

use super::received_request::ReceivedRequest;
use super::response::MockResponse;

use chat::{Chat, ChatDialect};
use embedding::Embeddings;
pub(crate) use environment::Environment;
use image::Images;
use provider::Provider;
use rerank::Rerank;

/// A kind of model provider.
#[derive(Debug)]
#[non_exhaustive]
pub enum Upstream {
    /// A strict server of the `OpenAI` chat completions API:
    /// [`Chat`] in the dialect [`ChatDialect::OpenAi`].
    OpenAiCompatible,
    /// A chat model.
    Chat(Chat),
    /// An embedding model.
    Embeddings(Embeddings),
    /// A rerank model.
    Rerank(Rerank),
    /// An image model.
    Images(Images),
    /// A model of each kind.
    Provider(Provider),
}

impl Upstream {
    /// Responds to a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        environment: Environment<'_>,
    ) -> MockResponse {
        match self {
            Self::OpenAiCompatible => Chat::new(ChatDialect::OpenAi).respond(request, environment),
            Self::Chat(chat) => chat.respond(request, environment),
            Self::Embeddings(embeddings) => embeddings.respond(request, environment),
            Self::Rerank(rerank) => rerank.respond(request, environment),
            Self::Images(images) => images.respond(request, environment),
            Self::Provider(provider) => provider.respond(request, environment),
        }
    }
}
