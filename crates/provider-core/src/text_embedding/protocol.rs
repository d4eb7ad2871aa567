//! The wire protocols for text embedding, as `embedding_model_protocol` names
//! them.

use super::batch::Batch;
use super::{dashscope, openai_compatible};
use crate::api_request::{body_as_json, json_bytes};
use crate::error::Error;
use crate::form::{Form, variables};

/// A wire protocol for text embedding: the options of
/// `embedding_model_protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `OpenAI`'s embeddings, as most backends speak them.
    OpenAiCompatible,
    /// DashScope's own API, which distinguishes queries from documents.
    DashScope,
}

/// The options of `embedding_usage_scenario`.
#[derive(Clone, Copy)]
enum Scenario {
    Embedding,
}

impl Protocol {
    /// Parses the protocol selected by the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown scenario or protocol.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let Scenario::Embedding = form.choice(
            variables::EMBEDDING_USAGE_SCENARIO,
            &[("embedding", Scenario::Embedding)],
        )?;
        form.choice(
            variables::EMBEDDING_MODEL_PROTOCOL,
            &[
                ("openai_compatible", Self::OpenAiCompatible),
                ("dashscope_embedding", Self::DashScope),
            ],
        )
    }

    /// The path of the API relative to the endpoint.
    #[must_use]
    pub fn api_path(self) -> &'static str {
        match self {
            Self::OpenAiCompatible => openai_compatible::PATH,
            Self::DashScope => dashscope::PATH,
        }
    }

    /// The body of the request for one batch.
    pub(super) fn encode(self, batch: &Batch<'_>) -> Vec<u8> {
        let text_bytes = json_bytes(batch.texts);
        match self {
            Self::OpenAiCompatible => body_as_json(&openai_compatible::body(batch), text_bytes),
            Self::DashScope => body_as_json(&dashscope::body(batch), text_bytes),
        }
    }
}
