//! The wire protocols for text generation, as `text_model_protocol` names them.

use super::openai_compatible::{self, Dialect};
use super::request::Request;
use super::response_mode::ResponseMode;
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http;
use crate::secret::Secrets;

/// A wire protocol for text generation: the options of `text_model_protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `OpenAI`'s chat completions, as most backends speak them.
    OpenAiCompatible(Dialect),
}

/// The options of `llm_usage_scenario`.
#[derive(Clone, Copy)]
enum Scenario {
    TextGeneration,
    ImageGeneration,
}

impl Protocol {
    /// Parses the protocol selected by the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown protocol, or if the form configures
    /// the model for images.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let scenario = form.choice(
            variables::LLM_USAGE_SCENARIO,
            &[
                ("text_generation", Scenario::TextGeneration),
                ("image_generation", Scenario::ImageGeneration),
            ],
        )?;
        match scenario {
            Scenario::TextGeneration => {}
            Scenario::ImageGeneration => {
                return Err(Error::invalid_credentials(
                    variables::LLM_USAGE_SCENARIO.name(),
                    "is image_generation, but the call is for text; set it to text_generation",
                ));
            }
        }
        // The only protocol; another one is another arm.
        form.choice(variables::TEXT_MODEL_PROTOCOL, &[("openai_compatible", ())])?;
        Dialect::parse(form).map(Self::OpenAiCompatible)
    }

    /// The path of the API relative to the endpoint.
    #[must_use]
    pub fn api_path(self) -> &'static str {
        match self {
            Self::OpenAiCompatible(dialect) => dialect.api_path(),
        }
    }

    /// The HTTP request for a call.
    ///
    /// # Errors
    ///
    /// `invalid-request` for an invalid request, `unsupported` for a feature
    /// that the form does not enable.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        options: &ResolvedOptions,
        mode: ResponseMode,
    ) -> Result<http::Request, Error> {
        match self {
            Self::OpenAiCompatible(dialect) => {
                openai_compatible::encode(&dialect, credentials, request, options, mode)
            }
        }
    }

    /// The protocol without the feature that `error` rejects, if the request
    /// can be sent again without it.
    #[must_use]
    pub fn downgraded_for(self, refusal: &Error, mode: ResponseMode) -> Option<Self> {
        match self {
            Self::OpenAiCompatible(dialect) => dialect
                .downgraded_for(refusal, mode)
                .map(Self::OpenAiCompatible),
        }
    }

    /// A reader for the response to `request`.
    #[must_use]
    pub fn reader(
        self,
        request: &Request,
        head: http::ResponseHead,
        secrets: Secrets,
    ) -> openai_compatible::Reader {
        match self {
            Self::OpenAiCompatible(dialect) => {
                openai_compatible::Reader::new(head, secrets, dialect.reader_options(request))
            }
        }
    }
}
