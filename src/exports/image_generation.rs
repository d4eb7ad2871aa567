//! Exports of `image-generation`.

use super::types::Session;
use crate::bindings::image_generation::{self as wit, Guest};
use crate::bindings::types::{self, ModelKind, SessionBorrow};
use crate::wasi::image_task::ImageCall;
use crate::{Component, convert};
use provider_core::error::Error;
use provider_core::image_generation::{Generation, Protocol, Request, Validation};

impl Guest for Component {
    fn generate(
        session: SessionBorrow<'_>,
        request: wit::Request,
    ) -> Result<wit::Generation, types::Error> {
        match generate(session.get(), request) {
            Ok(generation) => Ok(convert::image_generation::generation(*generation)),
            Err(error) => Err(convert::error(error)),
        }
    }
}

fn generate(session: &Session, request: wit::Request) -> Result<Box<Generation>, Error> {
    let (image_call, _) = prepare(session)?;
    let request = convert::image_generation::request(request)?;
    image_call.run(request)
}

/// Validates the form as `image_validation` selects: with a request that is not
/// charged, or by generating an image.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    let (image_call, validation) = prepare(session)?;
    match validation {
        Validation::Free => image_call.probe(),
        Validation::Generate => image_call.run(Request::probe()).map(drop),
    }
}

fn prepare(session: &Session) -> Result<(ImageCall<'_>, Validation), Error> {
    let context = session.begin(ModelKind::ImageGeneration)?;
    let protocol = Protocol::parse(&context.form)?;
    let validation = Validation::parse(&context.form)?;
    Ok((ImageCall::new(protocol, context), validation))
}
