//! Exports of `image-generation`.

use super::contract::image_generation::{self as wit, Guest};
use super::contract::types::{self, CallOptions, Model, ModelKind};
use super::drawing::Drawing;
use super::{Component, convert, convert_images, session};
use crate::error::Error;
use crate::image_generation::{Protocol, Request, Validation};

impl Guest for Component {
    fn generate(
        model: Model,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Generation, types::Error> {
        generate(&model, request, options).map_err(convert::error)
    }
}

fn generate(
    model: &Model,
    request: wit::Request,
    options: CallOptions,
) -> Result<wit::Generation, Error> {
    let request = convert_images::request(request)?;
    let (drawing, _) = prepare(model, options)?;
    let (generation, info) = drawing.draw(request)?;
    Ok(convert_images::generation(*generation, info))
}

/// Checks the form as it says: by a request that buys nothing, or by an
/// image.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<types::ReplyInfo, Error> {
    let (drawing, validation) = prepare(model, options)?;
    match validation {
        Validation::Free => drawing.probe(),
        Validation::Buy => drawing.draw(Request::probe()).map(|(_, info)| info),
    }
}

fn prepare(model: &Model, options: CallOptions) -> Result<(Drawing, Validation), Error> {
    let session = session::open(model, ModelKind::ImageGeneration, options)?;
    let protocol = Protocol::parse(&session.form)?;
    let validation = Validation::parse(&session.form)?;
    let drawing = Drawing::new(protocol, session.credentials, session.call);
    Ok((drawing, validation))
}
