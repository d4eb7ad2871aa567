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

/// The words of `llm_usage_scenario`.
#[derive(Clone, Copy)]
enum Scenario {
    TextGeneration,
    ImageGeneration,
}

impl Protocol {
    /// The protocol that the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown protocol, or if the form says
    /// that the model draws images.
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
        // The one protocol so far; another would be another arm.
        form.choice(variables::TEXT_MODEL_PROTOCOL, &[("openai_compatible", ())])?;
        Dialect::parse(form).map(Self::OpenAiCompatible)
    }

    /// The path of the API behind the endpoint's base.
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
    /// `invalid-request` for a call that makes no sense, `unsupported` for
    /// what the form says the model cannot do.
    pub fn encode(
        self,
        credentials: &Credentials,
        request: &Request,
        call: &ResolvedOptions,
        mode: ResponseMode,
    ) -> Result<http::Request, Error> {
        match self {
            Self::OpenAiCompatible(dialect) => {
                openai_compatible::encode(&dialect, credentials, request, call, mode)
            }
        }
    }

    /// The protocol without what the server has just refused, if the request
    /// is worth another attempt without it.
    #[must_use]
    pub fn downgraded_for(self, refusal: &Error, mode: ResponseMode) -> Option<Self> {
        match self {
            Self::OpenAiCompatible(dialect) => dialect
                .downgraded_for(refusal, mode)
                .map(Self::OpenAiCompatible),
        }
    }

    /// A reader for the body of a response to `request` whose head is `head`.
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
