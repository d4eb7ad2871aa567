//! A provider with a model of each kind behind one base path, told apart by
//! the rest of the path as ai-proxy does.

use super::UpstreamContext;
use super::chat::{Chat, ChatDialect};
use super::embedding::{EmbeddingProvider, Embeddings};
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
    /// `OpenAI`'s chat; DashScope's embeddings, rerank and images, with tasks
    /// that are done at the third poll.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chat: Chat::new(ChatDialect::OpenAi),
            embeddings: Embeddings::new(EmbeddingProvider::DashScope),
            rerank: Rerank::new(RerankProvider::DashScope),
            images: Images::new().polls_until_done(2),
        }
    }

    /// Puts another chat model in place.
    #[must_use]
    pub fn chat(mut self, chat: Chat) -> Self {
        self.chat = chat;
        self
    }

    /// Puts another embedding model in place.
    #[must_use]
    pub fn embeddings(mut self, embeddings: Embeddings) -> Self {
        self.embeddings = embeddings;
        self
    }

    /// Puts another rerank model in place.
    #[must_use]
    pub fn rerank(mut self, rerank: Rerank) -> Self {
        self.rerank = rerank;
        self
    }

    /// Puts another image model in place.
    #[must_use]
    pub fn images(mut self, images: Images) -> Self {
        self.images = images;
        self
    }

    /// Answers a request. A path that leads nowhere is the chat model's to
    /// refuse.
    pub(crate) fn respond(
        &self,
        request: &ReceivedRequest,
        context: UpstreamContext<'_>,
    ) -> MockResponse {
        let path = &request.path;
        if Images::serves(path) {
            self.images.respond(request, context)
        } else if self.embeddings.serves(path) {
            self.embeddings.respond(request, context)
        } else if self.rerank.serves(path) {
            self.rerank.respond(request, context)
        } else {
            self.chat.respond(request, context)
        }
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self::new()
    }
}
