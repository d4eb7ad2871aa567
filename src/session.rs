//! Exports of `types`: the resource `session`, a model with the settings of
//! its calls. Every call begins here, whatever the kind of model.

use super::contract::types::{
    CallOptions, Guest, GuestSession, Model, ModelKind, ResponseMetadata,
};
use super::facts::Facts;
use super::{Component, convert};
use provider_core::call_options::Call;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::form::Form;

impl Guest for Component {
    type Session = Session;
}

/// The resource `session`.
pub(super) struct Session {
    pub(super) model: Model,
    /// A constructor cannot fail: what is wrong is told by every call.
    parsed: Result<(Credentials, Call), Error>,
    facts: Facts,
}

/// What a call works with.
pub(super) struct Settings<'a> {
    pub(super) form: Form<'a>,
    pub(super) credentials: &'a Credentials,
    pub(super) call: &'a Call,
    /// Where the facts about the response go.
    pub(super) facts: &'a Facts,
}

impl GuestSession for Session {
    fn new(model: Model, options: CallOptions) -> Self {
        Self {
            parsed: parse(&model, options),
            model,
            facts: Facts::none(),
        }
    }

    fn info(&self) -> ResponseMetadata {
        self.facts.known()
    }
}

impl Session {
    /// Begins a call to a model that must be of this kind.
    #[inline(never)] // one copy for all kinds
    pub(super) fn begin(&self, kind: ModelKind) -> Result<Settings<'_>, Error> {
        self.facts.clear();
        if self.model.kind != kind {
            return Err(Error::invalid_request(
                "the model was configured for another kind than it was called for",
            ));
        }
        let form = Form::parse(&self.model.credentials)?;
        match &self.parsed {
            Ok((credentials, call)) => Ok(Settings {
                form,
                credentials,
                call,
                facts: &self.facts,
            }),
            Err(error) => Err(error.clone()),
        }
    }
}

fn parse(model: &Model, options: CallOptions) -> Result<(Credentials, Call), Error> {
    let form = Form::parse(&model.credentials)?;
    let credentials = Credentials::parse(&form, &model.name)?;
    let call = Call::new(convert::options(options), &credentials)?;
    Ok((credentials, call))
}
