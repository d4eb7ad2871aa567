//! Upstreams: model providers that read the request and response from it, one
//! folder for each kind of model. What is said is apart from how it is written
//! on the wire.

mod api_error;
pub(crate) mod chat;
pub(crate) mod embedding;
mod features;
mod field;
pub(crate) mod image;
mod json_post;
pub(crate) mod provider;
pub(crate) mod rerank;
mod tokens;

use super::received_request::ReceivedRequest;
use super::response::MockResponse;
use fastrand::Rng;

use chat::{Chat, ChatDialect};
use embedding::Embeddings;
use image::Images;
use provider::Provider;
use rerank::Rerank;

/// A kind of model provider.
#[derive(Debug)]
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

/// What a upstream knows besides the request.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamContext<'a> {
    /// The models it has; none named means any.
    pub(crate) models: &'a [String],
    /// Where the client reached the gateway, without a slash at its end.
    pub(crate) origin: &'a str,
    /// The time in seconds since 1970.
    pub(crate) unix_seconds: u64,
    /// What identifiers are drawn from.
    pub(crate) random: Rng,
}

impl Upstream {
    /// Answers a request.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        context: UpstreamContext<'_>,
    ) -> MockResponse {
        match self {
            Self::OpenAiCompatible => Chat::new(ChatDialect::OpenAi).respond(request, context),
            Self::Chat(chat) => chat.respond(request, context),
            Self::Embeddings(embeddings) => embeddings.respond(request, context),
            Self::Rerank(rerank) => rerank.respond(request, context),
            Self::Images(images) => images.respond(request, context),
            Self::Provider(provider) => provider.respond(request, context),
        }
    }
}

impl UpstreamContext<'_> {
    /// A new identifier of 32 hexadecimal digits.
    pub(crate) fn identifier(&mut self) -> String {
        format!("{:016x}{:016x}", self.random.u64(..), self.random.u64(..))
    }
}
