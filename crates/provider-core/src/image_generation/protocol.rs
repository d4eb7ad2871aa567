//! The wire protocols for image generation, as `image_model_protocol` and
//! `image_call` name them.

use super::request::Request;
use super::{dashscope, openai_images};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http;

/// A wire protocol for image generation: the options of `image_model_protocol`,
/// and of `image_call` for the protocol with both variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// DashScope's own: the response contains the images.
    DashScope,
    /// DashScope's own: the response contains a task, which is polled.
    DashScopeTask,
    /// `OpenAI`'s, which many image servers implement.
    OpenAiImages,
}

/// The options of `image_call`.
#[derive(Clone, Copy)]
enum Waiting {
    Synchronous,
    Asynchronous,
}

impl Protocol {
    /// Parses the protocol selected by the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown protocol or `image_call`, for an
    /// unsupported combination, or if the form configures the model for text.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        // Hosts with a separate model kind for images may leave it empty.
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
    /// `invalid-request` for an invalid request, `unsupported` for a field that
    /// the protocol lacks.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        options: &ResolvedOptions,
    ) -> Result<http::Request, Error> {
        request.check()?;
        match self {
            Self::DashScope => dashscope::encode(credentials, request, options),
            Self::DashScopeTask => dashscope::encode_task(credentials, request, options),
            Self::OpenAiImages => openai_images::encode(credentials, request, options),
        }
    }

    /// A request that the server must reject after authentication: an empty
    /// prompt with no images.
    #[must_use]
    pub fn probe(self, credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
        match self {
            Self::DashScope => dashscope::probe(credentials, options),
            Self::DashScopeTask => dashscope::probe_task(credentials, options),
            Self::OpenAiImages => openai_images::probe(credentials, options),
        }
    }
}
