//! A rerank call as the form configures it: its protocol, and what is done with
//! the scores.

use super::protocol::Protocol;
use super::request::Request;
use super::scores::Scores;
use super::{cohere, dashscope_compatible, dashscope_native};
use crate::api_request::{self, Accept, body_as_json, json_bytes};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http;

/// The configuration of a rerank model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reranker {
    /// The wire protocol.
    pub protocol: Protocol,
    /// How scores are returned.
    pub scores: Scores,
}

impl Reranker {
    /// Parses the choice of the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown scenario, protocol or option of
    /// `rerank_scores`.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        form.choice(variables::RERANK_USAGE_SCENARIO, &[("rerank", ())])?;
        let protocol = form.choice(
            variables::RERANK_MODEL_PROTOCOL,
            &[
                ("dashscope_rerank", Protocol::DashScope),
                ("dashscope_native_rerank", Protocol::DashScopeNative),
                ("dashscope_compatible_rerank", Protocol::DashScopeCompatible),
                ("cohere_rerank", Protocol::Cohere),
            ],
        )?;
        let scores = form.choice(
            variables::RERANK_SCORES,
            &[("raw", Scores::Raw), ("normalized", Scores::Normalized)],
        )?;
        Ok(Self { protocol, scores })
    }

    /// The HTTP request for a call.
    ///
    /// # Errors
    ///
    /// `invalid-request` for an invalid request, `unsupported` for an
    /// instruction that the protocol does not support.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        options: &ResolvedOptions,
    ) -> Result<http::Request, Error> {
        request.check()?;
        let protocol = self.protocol.for_model(&credentials.model_name);
        if protocol == Protocol::Cohere && request.instruction.is_some() {
            let error = Error::unsupported("`instruction` with cohere_rerank");
            return Err(error.with_field("instruction"));
        }
        let model = credentials.model_name.as_str();
        let top_n = self.scores.top_n_to_ask(request);
        let text_bytes = json_bytes(&request.documents);
        let (path, body) = match protocol {
            Protocol::DashScope | Protocol::DashScopeNative => (
                dashscope_native::PATH,
                body_as_json(&dashscope_native::body(model, request, top_n), text_bytes),
            ),
            Protocol::DashScopeCompatible => (
                dashscope_compatible::PATH,
                body_as_json(
                    &dashscope_compatible::body(model, request, top_n),
                    text_bytes,
                ),
            ),
            Protocol::Cohere => (
                cohere::PATH,
                body_as_json(&cohere::body(model, request, top_n), text_bytes),
            ),
        };
        Ok(api_request::post_json(
            credentials,
            path,
            Accept::Json,
            body,
            options,
        ))
    }
}
