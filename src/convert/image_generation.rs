//! Conversions between the contract's `image-generation` and the core's.

use crate::bindings::image_generation as wit;
use crate::bindings::types;
use provider_core::error::Error;
use provider_core::image_generation::{self as core, ReferenceImage, Size};

/// An image request.
///
/// # Errors
///
/// `invalid-request` for an invalid size or reference image.
pub fn request(request: wit::Request) -> Result<core::Request, Error> {
    Ok(core::Request {
        prompt: request.prompt,
        negative_prompt: request.negative_prompt,
        reference_images: reference_images(request.reference_images)?,
        size: request.size.as_deref().map(Size::parse).transpose()?,
        count: request.count,
        seed: request.seed,
        prompt_extend: request.prompt_extend,
        watermark: request.watermark,
        extra: request.extra,
    })
}

/// Converts the images one at a time, dropping each source before the next.
fn reference_images(images: Vec<wit::ReferenceImage>) -> Result<Vec<ReferenceImage>, Error> {
    let size = |image: &wit::ReferenceImage| match image {
        wit::ReferenceImage::Url(_) => 0,
        wit::ReferenceImage::Bytes(image) => image.bytes.len(),
    };
    core::check_total(images.iter().map(size).sum())?;
    let mut checked = Vec::new();
    for image in images {
        checked.push(match image {
            wit::ReferenceImage::Url(url) => ReferenceImage::url(url)?,
            wit::ReferenceImage::Bytes(image) => {
                ReferenceImage::bytes(&image.bytes, &image.mime_type)?
            }
        });
    }
    Ok(checked)
}

/// The images, with the metadata of the last response.
#[must_use]
pub fn response(generation: core::Generation, metadata: types::ResponseMetadata) -> wit::Response {
    let image = |image: core::Image| wit::Image {
        url: image.url,
        bytes: image.bytes,
        mime_type: image.mime_type,
        revised_prompt: image.revised_prompt,
    };
    wit::Response {
        images: generation.images.into_iter().map(image).collect(),
        failures: generation.failures.into_iter().map(super::error).collect(),
        usage: generation.usage.map(super::usage),
        metadata,
    }
}
