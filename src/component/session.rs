//! What every call begins with: the form, and what it says of the tenant,
//! whatever the kind of model.

use super::contract::types::{CallOptions, Model, ModelKind};
use super::convert;
use crate::call::Call;
use crate::credentials::{Credentials, Form};
use crate::error::Error;

/// A call with its tenant's settings.
pub(super) struct Session<'a> {
    pub(super) form: Form<'a>,
    pub(super) credentials: Credentials,
    pub(super) call: Call,
}

/// Parses the form of a model that must be of this kind.
#[inline(never)] // one copy for all kinds
pub(super) fn open(
    model: &Model,
    kind: ModelKind,
    options: CallOptions,
) -> Result<Session<'_>, Error> {
    if model.kind != kind {
        return Err(Error::invalid_request(
            "the model was configured for another kind than it was called for",
        ));
    }
    let form = Form::parse(&model.credentials)?;
    let credentials = Credentials::parse(&form, &model.name)?;
    let call = Call::new(convert::options(options), &credentials)?;
    Ok(Session {
        form,
        credentials,
        call,
    })
}
