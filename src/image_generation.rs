//! Exports of `image-generation`.

use super::contract::image_generation::{self as wit, Guest};
use super::contract::types::{self, ModelKind, SessionBorrow};
use super::drawing::Drawing;
use super::session::Session;
use super::{Component, convert};
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
    let (drawing, _) = prepare(session)?;
    let request = convert::image_generation::request(request)?;
    drawing.draw(request)
}

/// Checks the form as it says: by a request that buys nothing, or by an
/// image.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    let (drawing, validation) = prepare(session)?;
    match validation {
        Validation::Free => drawing.probe(),
        Validation::Buy => drawing.draw(Request::probe()).map(drop),
    }
}

fn prepare(session: &Session) -> Result<(Drawing<'_>, Validation), Error> {
    let settings = session.begin(ModelKind::ImageGeneration)?;
    let protocol = Protocol::parse(&settings.form)?;
    let validation = Validation::parse(&settings.form)?;
    Ok((Drawing::new(protocol, settings), validation))
}
