//! Documents in the order of their relevance: the types of a call and its
//! result, and the protocols that carry them.
//!
//! A protocol is one file here and one arm in each `match` of [`Protocol`].
//! Replies need none: [`read`] knows every shape, whatever was asked.

mod cohere;
mod dashscope_compatible;
mod dashscope_native;
mod reply;
mod request;
mod scores;

pub use reply::{RankedDocument, Ranking, read};
pub use request::{MAX_DOCUMENTS, Request};
pub use scores::Scores;

use crate::call::Call;
use crate::credentials::{Credentials, Form};
use crate::error::Error;
use crate::http;
use crate::json::Json;
use crate::post::{self, Accept};

/// How a form has documents ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reranker {
    /// The wire protocol.
    pub protocol: Protocol,
    /// What becomes of the model's scores.
    pub scores: Scores,
}

/// A wire protocol for rerank: the options of `rerank_model_protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `dashscope_rerank`: the native one, but for models that are served
    /// over the compatible one.
    DashScope,
    /// `dashscope_native_rerank`: query and documents below `input`.
    DashScopeNative,
    /// `dashscope_compatible_rerank`: everything on one level.
    DashScopeCompatible,
    /// `cohere_rerank`: as Cohere, Jina, vLLM and many others have it.
    Cohere,
}

/// The model that DashScope serves over its compatible API.
const MODEL_OF_THE_COMPATIBLE_API: &str = "qwen3-rerank";

impl Reranker {
    /// What the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown scenario, protocol or word for
    /// scores.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        form.choice("rerank_usage_scenario", &[("rerank", ())])?;
        let protocol = form.choice(
            "rerank_model_protocol",
            &[
                ("dashscope_rerank", Protocol::DashScope),
                ("dashscope_native_rerank", Protocol::DashScopeNative),
                ("dashscope_compatible_rerank", Protocol::DashScopeCompatible),
                ("cohere_rerank", Protocol::Cohere),
            ],
        )?;
        let scores = form.choice(
            "rerank_scores",
            &[("raw", Scores::Raw), ("normalized", Scores::Normalized)],
        )?;
        Ok(Self { protocol, scores })
    }

    /// The HTTP request for a call.
    ///
    /// # Errors
    ///
    /// `invalid-request` for a call that makes no sense, `unsupported` for an
    /// instruction where the protocol has no place for one.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        call: &Call,
    ) -> Result<http::Request, Error> {
        request.check()?;
        let model = &credentials.model_name;
        let call_to_rank = Wanted {
            model,
            query: &request.query,
            documents: request
                .documents
                .iter()
                .map(|document| Json::Text(document))
                .collect(),
            top_n: self.scores.top_n_to_ask(request),
            instruction: request.instruction.as_deref(),
        };
        let (path, body) = match self.protocol.for_model(model) {
            Protocol::DashScope | Protocol::DashScopeNative => {
                (dashscope_native::PATH, dashscope_native::body(call_to_rank))
            }
            Protocol::DashScopeCompatible => (
                dashscope_compatible::PATH,
                dashscope_compatible::body(call_to_rank),
            ),
            Protocol::Cohere => (cohere::PATH, cohere::body(call_to_rank)?),
        };
        Ok(post::json(
            credentials,
            path,
            Accept::Json,
            body.into_bytes(),
            call,
        ))
    }
}

impl Protocol {
    /// The protocol in which this model is asked.
    fn for_model(self, model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or_default();
        match self {
            Self::DashScope if name.eq_ignore_ascii_case(MODEL_OF_THE_COMPATIBLE_API) => {
                Self::DashScopeCompatible
            }
            protocol => protocol,
        }
    }
}

/// What is asked of a server.
struct Wanted<'a> {
    model: &'a str,
    query: &'a str,
    documents: Vec<Json<'a>>,
    top_n: Option<u32>,
    instruction: Option<&'a str>,
}

#[cfg(test)]
mod tests;
