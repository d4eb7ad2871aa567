//! A provider with a model of each kind under one base path. The rest of the
//! path selects the kind, as in ai-proxy.

use super::chat::{Chat, ChatDialect};
use super::embedding::{EmbeddingProvider, Embeddings};
use super::environment::Environment;
use super::image::Images;
use super::rerank::{Rerank, RerankProvider};
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;

/// A model of each kind.
#[derive(Debug)]
pub struct Provider {
    chat: Chat,
    embeddings: Embeddings,
    rerank: Rerank,
    images: Images,
}

impl Provider {
    /// A provider with `OpenAI`'s chat and DashScope's embeddings, rerank and
    /// images, whose tasks are done at the third poll.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chat: Chat::new(ChatDialect::OpenAi),
            embeddings: Embeddings::new(EmbeddingProvider::DashScope),
            rerank: Rerank::new(RerankProvider::DashScope),
            images: Images::new().polls_until_done(2),
        }
    }

    /// Replaces the chat model.
    #[must_use]
    pub fn chat(mut self, chat: Chat) -> Self {
        self.chat = chat;
        self
    }

    /// Replaces the embedding model.
    #[must_use]
    pub fn embeddings(mut self, embeddings: Embeddings) -> Self {
        self.embeddings = embeddings;
        self
    }

    /// Replaces the rerank model.
    #[must_use]
    pub fn rerank(mut self, rerank: Rerank) -> Self {
        self.rerank = rerank;
        self
    }

    /// Replaces the image models.
    #[must_use]
    pub fn images(mut self, images: Images) -> Self {
        self.images = images;
        self
    }

    /// Responds to a request. The chat model rejects unknown paths.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        environment: Environment<'_>,
    ) -> MockResponse {
        let path = &request.path;
        if Images::serves(path) {
            self.images.respond(request, environment)
        } else if self.embeddings.serves(path) {
            self.embeddings.respond(request, environment)
        } else if self.rerank.serves(path) {
            self.rerank.respond(request, environment)
        } else {
            self.chat.respond(request, environment)
        }
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self::new()
    }
}
