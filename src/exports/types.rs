//! Exports of `types`: the resource `session`, a model with the options of its
//! calls. Calls of every kind begin with [`Session::begin`].

use crate::bindings::types::{
    CallOptions, Guest, GuestSession, Model, ModelKind, ResponseMetadata,
};
use crate::call_context::{CallContext, MetadataCell};
use crate::{Component, convert};
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::form::Form;

impl Guest for Component {
    type Session = Session;
}

/// The resource `session`.
pub(crate) struct Session {
    pub(super) model: Model,
    /// The constructor cannot fail; every call returns the error instead.
    parsed: Result<(Credentials, ResolvedOptions), Error>,
    metadata: MetadataCell,
}

impl GuestSession for Session {
    fn new(model: Model, options: CallOptions) -> Self {
        Self {
            parsed: parse(&model, options),
            model,
            metadata: MetadataCell::empty(),
        }
    }

    fn info(&self) -> ResponseMetadata {
        self.metadata.get()
    }
}

impl Session {
    /// Begins a call. The model must be of this kind.
    #[inline(never)] // one copy for all kinds
    pub(super) fn begin(&self, kind: ModelKind) -> Result<CallContext<'_>, Error> {
        self.metadata.clear();
        if self.model.kind != kind {
            return Err(Error::invalid_request(format!(
                "model kind mismatch: configured as {}, called as {}",
                kind_name(self.model.kind),
                kind_name(kind)
            )));
        }
        let form = Form::parse(&self.model.credentials)?;
        match &self.parsed {
            Ok((credentials, options)) => Ok(CallContext {
                form,
                credentials,
                options,
                metadata: &self.metadata,
            }),
            Err(error) => Err(error.clone()),
        }
    }
}

fn parse(model: &Model, options: CallOptions) -> Result<(Credentials, ResolvedOptions), Error> {
    let form = Form::parse(&model.credentials)?;
    let credentials = Credentials::parse(&form, &model.name)?;
    let options = ResolvedOptions::new(convert::options(options), &credentials)?;
    Ok((credentials, options))
}

fn kind_name(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::TextGeneration => "text-generation",
        ModelKind::ImageGeneration => "image-generation",
        ModelKind::TextEmbedding => "text-embedding",
        ModelKind::TextRerank => "text-rerank",
    }
}
