//! Documents in the order of their relevance: the types of a call and its
//! result, and the protocols that carry them.
//!
//! A protocol is one file here and one arm in each `match` of [`Protocol`].
//! Responses need none: [`read`] knows every shape, whatever was asked.

mod cohere;
mod dashscope_compatible;
mod dashscope_native;
mod request;
mod response;
mod scores;

pub use request::{MAX_DOCUMENTS, Request};
pub use response::{RankedDocument, Ranking, read};
pub use scores::Scores;

use crate::call::Call;
use crate::credentials::{Credentials, Form};
use crate::error::Error;
use crate::http;
use crate::post::{self, Accept};
use wire::json::JsonWriter;

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
        let protocol = self.protocol.for_model(&credentials.model_name);
        if protocol == Protocol::Cohere && request.instruction.is_some() {
            return Err(Error::unsupported(
                "`instruction` over cohere_rerank, which has no place for it",
            ));
        }
        let wanted = Wanted {
            request,
            top_n: self.scores.top_n_to_ask(request),
        };
        let texts = request.documents.iter().map(String::len).sum();
        let mut json = JsonWriter::with_capacity(texts);
        json.begin_object();
        json.member("model").string(&credentials.model_name);
        let path = match protocol {
            Protocol::DashScope | Protocol::DashScopeNative => {
                dashscope_native::write(&wanted, &mut json);
                dashscope_native::PATH
            }
            Protocol::DashScopeCompatible => {
                dashscope_compatible::write(&wanted, &mut json);
                dashscope_compatible::PATH
            }
            Protocol::Cohere => {
                cohere::write(&wanted, &mut json);
                cohere::PATH
            }
        };
        json.end_object();
        let body = json.into_bytes();
        Ok(post::json(credentials, path, Accept::Json, body, call))
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

/// What is asked of a server, in members that the protocols arrange.
struct Wanted<'a> {
    request: &'a Request,
    top_n: Option<u32>,
}

impl Wanted<'_> {
    fn write_texts(&self, json: &mut JsonWriter) {
        json.member("query").string(&self.request.query);
        json.member("documents")
            .string_array(&self.request.documents);
    }

    fn write_top_n(&self, json: &mut JsonWriter) {
        if let Some(top_n) = self.top_n {
            json.member("top_n").i64(top_n.into());
        }
    }

    fn write_instruction(&self, json: &mut JsonWriter) {
        if let Some(instruction) = &self.request.instruction {
            json.member("instruct").string(instruction);
        }
    }
}

#[cfg(test)]
mod tests;
