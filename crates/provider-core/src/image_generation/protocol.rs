//! The wire protocols for image generation, as `image_model_protocol` and
//! `image_call` name them.

use super::request::Request;
use super::{dashscope, openai_images};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http;

/// A wire protocol for image generation: the options of
/// `image_model_protocol`, and of `image_call` for the one that has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// DashScope's own: the response brings the images.
    DashScope,
    /// DashScope's own: the response names a task, which is asked for them.
    DashScopeTask,
    /// `OpenAI`'s, as many image servers speak it.
    OpenAiImages,
}

/// The words of `image_call`.
#[derive(Clone, Copy)]
enum Waiting {
    Synchronous,
    Asynchronous,
}

impl Protocol {
    /// The protocol that the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown protocol or way to call, for a
    /// combination that does not exist, or if the form says that the model
    /// writes text.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        // Hosts that know models for images apart need not fill it in.
        let draws = form.choice(
            variables::LLM_USAGE_SCENARIO,
            &[("image_generation", true), ("text_generation", false)],
        )?;
        if !draws {
            return Err(Error::invalid_credentials(
                variables::LLM_USAGE_SCENARIO.name(),
                "is text_generation, but the call is for an image; set it to image_generation",
            ));
        }
        let protocol = form.choice(
            variables::IMAGE_MODEL_PROTOCOL,
            &[
                ("dashscope_image_generation", Self::DashScope),
                ("openai_images", Self::OpenAiImages),
            ],
        )?;
        let waiting = form.choice(
            variables::IMAGE_CALL,
            &[
                ("synchronous", Waiting::Synchronous),
                ("asynchronous", Waiting::Asynchronous),
            ],
        )?;
        match (protocol, waiting) {
            (protocol, Waiting::Synchronous) => Ok(protocol),
            (Self::DashScope | Self::DashScopeTask, Waiting::Asynchronous) => {
                Ok(Self::DashScopeTask)
            }
            (Self::OpenAiImages, Waiting::Asynchronous) => Err(Error::invalid_credentials(
                variables::IMAGE_CALL.name(),
                "is asynchronous, which openai_images does not support; remove it",
            )),
        }
    }

    /// The HTTP request for a call.
    ///
    /// # Errors
    ///
    /// `invalid-request` for a call that makes no sense, `unsupported` for
    /// what the protocol has no place for.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        call: &ResolvedOptions,
    ) -> Result<http::Request, Error> {
        request.check()?;
        match self {
            Self::DashScope => dashscope::encode(credentials, request, call),
            Self::DashScopeTask => dashscope::encode_task(credentials, request, call),
            Self::OpenAiImages => openai_images::encode(credentials, request, call),
        }
    }

    /// A request that the server must refuse once it knows who sends it: it
    /// asks for no image, of nothing.
    #[must_use]
    pub fn probe(self, credentials: &Credentials, call: &ResolvedOptions) -> http::Request {
        match self {
            Self::DashScope => dashscope::probe(credentials, call),
            Self::DashScopeTask => dashscope::probe_task(credentials, call),
            Self::OpenAiImages => openai_images::probe(credentials, call),
        }
    }
}
