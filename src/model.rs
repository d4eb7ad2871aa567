//! A configured model: its credential form, parsed once. Calls of every kind
//! begin with the model's settings of that kind, and a [`CallContext`].

use crate::bindings::types::{CallOptions, ModelConfig, ModelKind};
use crate::call_context::CallContext;
use crate::convert;
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::description::Kind;
use provider_core::error::Error;
use provider_core::form::Form;
use provider_core::image_generation::{Protocol as ImageProtocol, Validation};
use provider_core::text_embedding::Configuration;
use provider_core::text_generation::Protocol as TextProtocol;
use provider_core::text_rerank::Reranker;

/// The resource `model`: a credential form, parsed.
pub(crate) struct Model {
    credentials: Credentials,
    pub(crate) settings: Settings,
}

/// The part of a form that one kind of model reads.
pub(crate) enum Settings {
    TextGeneration(TextProtocol),
    ImageGeneration(ImageProtocol, Validation),
    TextEmbedding(Configuration),
    TextRerank(Reranker),
}

impl Model {
    pub(crate) fn parse(config: &ModelConfig) -> Result<Self, Error> {
        let form = Form::parse(&config.credentials)?;
        let settings = Settings::parse(&config.kind, &form)?;
        let credentials = Credentials::parse(&form, &config.name)?;
        Ok(Self {
            credentials,
            settings,
        })
    }

    /// What a call with these options is made with.
    #[inline(never)] // one copy for all kinds
    pub(crate) fn context(&self, options: CallOptions) -> Result<CallContext<'_>, Error> {
        let options = ResolvedOptions::new(convert::options(options), &self.credentials)?;
        Ok(CallContext {
            credentials: &self.credentials,
            options,
        })
    }

    pub(crate) fn text_generation(&self) -> Result<TextProtocol, Error> {
        match self.settings {
            Settings::TextGeneration(protocol) => Ok(protocol),
            ref settings => Err(settings.mismatch(Kind::TextGeneration)),
        }
    }

    pub(crate) fn image_generation(&self) -> Result<(ImageProtocol, Validation), Error> {
        match self.settings {
            Settings::ImageGeneration(protocol, validation) => Ok((protocol, validation)),
            ref settings => Err(settings.mismatch(Kind::ImageGeneration)),
        }
    }

    pub(crate) fn text_embedding(&self) -> Result<&Configuration, Error> {
        match &self.settings {
            Settings::TextEmbedding(configuration) => Ok(configuration),
            settings => Err(settings.mismatch(Kind::TextEmbedding)),
        }
    }

    pub(crate) fn text_rerank(&self) -> Result<&Reranker, Error> {
        match &self.settings {
            Settings::TextRerank(reranker) => Ok(reranker),
            settings => Err(settings.mismatch(Kind::TextRerank)),
        }
    }
}

impl Settings {
    fn parse(kind: &ModelKind, form: &Form<'_>) -> Result<Self, Error> {
        Ok(match kind {
            ModelKind::TextGeneration => Self::TextGeneration(TextProtocol::parse(form)?),
            ModelKind::ImageGeneration => {
                Self::ImageGeneration(ImageProtocol::parse(form)?, Validation::parse(form)?)
            }
            ModelKind::TextEmbedding => Self::TextEmbedding(Configuration::parse(form)?),
            ModelKind::TextRerank => Self::TextRerank(Reranker::parse(form)?),
            ModelKind::Other(kind) => return Err(not_served(kind)),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::TextGeneration(_) => Kind::TextGeneration,
            Self::ImageGeneration(..) => Kind::ImageGeneration,
            Self::TextEmbedding(_) => Kind::TextEmbedding,
            Self::TextRerank(_) => Kind::TextRerank,
        }
    }

    /// The error of a call through the interface of another kind.
    fn mismatch(&self, called: Kind) -> Error {
        Error::invalid_request(format!(
            "model kind mismatch: configured as {}, called as {}",
            kind_name(self.kind()),
            kind_name(called)
        ))
    }
}

/// The error for a kind that the provider does not serve.
pub(crate) fn not_served(kind: &str) -> Error {
    Error::unsupported(&format!("models of the kind `{kind}`"))
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::TextGeneration => "text-generation",
        Kind::ImageGeneration => "image-generation",
        Kind::TextEmbedding => "text-embedding",
        Kind::TextRerank => "text-rerank",
    }
}
