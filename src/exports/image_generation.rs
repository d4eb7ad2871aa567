//! Exports of `image-generation`.

use crate::bindings::image_generation::{self as wit, Guest};
use crate::bindings::models::ModelBorrow;
use crate::bindings::types::{self, CallOptions, ResponseMetadata};
use crate::model::Model;
use crate::wasi::image_task::ImageCall;
use crate::{Component, convert};
use provider_core::error::Error;
use provider_core::image_generation::{Request, Validation};

impl Guest for Component {
    fn generate(
        model: ModelBorrow<'_>,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Response, types::Error> {
        generate(model.get(), request, options).map_err(convert::error)
    }
}

fn generate(
    model: &Model,
    request: wit::Request,
    options: CallOptions,
) -> Result<wit::Response, Error> {
    let (protocol, _) = model.image_generation()?;
    let image_call = ImageCall::new(protocol, model.context(options)?);
    let request = convert::image_generation::request(request)?;
    let (generation, metadata) = image_call.run(request)?;
    Ok(convert::image_generation::response(*generation, metadata))
}

/// Validates the form as `image_validation` selects: with a request that is not
/// charged, or by generating an image.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<ResponseMetadata, Error> {
    let (protocol, validation) = model.image_generation()?;
    let image_call = ImageCall::new(protocol, model.context(options)?);
    match validation {
        Validation::Free => image_call.probe(),
        Validation::Generate => {
            let (_, metadata) = image_call.run(Request::probe())?;
            Ok(metadata)
        }
    }
}
