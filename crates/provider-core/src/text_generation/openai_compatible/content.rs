//! The content of a message: texts, media, cache points and parts of the
//! backend's protocol.

use serde::Deserialize;
use wire::lenient::{self, Text};

use super::dialect::Dialect;
use super::json_object::{JsonObject, not_written};
use super::media;
use super::message::{CacheControl, Content, OtherPart, Part};
use crate::error::Error;
use crate::text_generation::{CachePoint, ContentPart};

/// The content of a message.
///
/// # Errors
///
/// `invalid-request` for an invalid part, `unsupported` for media if the form
/// does not enable them. `field` is the path of the content.
pub(super) fn content<'a>(
    content: &'a [ContentPart],
    dialect: &Dialect,
    field: impl Fn() -> String,
) -> Result<Content<'a>, Error> {
    match content {
        [] => Ok(Content::text("")),
        [ContentPart::Text(text)] => Ok(Content::text(text)),
        content => parts(content, dialect, field).map(Content::Parts),
    }
}

/// The parts of a content, with each cache point on the part before it.
///
/// # Errors
///
/// As for [`content`].
fn parts<'a>(
    content: &'a [ContentPart],
    dialect: &Dialect,
    field: impl Fn() -> String,
) -> Result<Vec<Part<'a>>, Error> {
    let mut parts = Vec::with_capacity(content.len());
    for (index, part) in content.iter().enumerate() {
        let added = match part {
            ContentPart::Text(text) => Ok(Some(Part::text(text))),
            ContentPart::Media(medium) if dialect.media => {
                media::part(medium, dialect.media_form).map(|part| Some(part.into()))
            }
            ContentPart::Media(_) => Err(no_media()),
            ContentPart::Other(json) => other(json, dialect).map(Some),
            ContentPart::CachePoint(point) => cache(&mut parts, point).map(|()| None),
        };
        let added = added.map_err(|error| locate(error, &format!("{}[{index}]", field())))?;
        parts.extend(added);
    }
    Ok(parts)
}

/// Names the field of an error, unless it names a variable of the form.
fn locate(error: Error, field: &str) -> Error {
    let located = error.about(field);
    if located.field.is_some() {
        located
    } else {
        located.with_field(field)
    }
}

fn no_media() -> Error {
    Error::not_configured(
        "image, audio, video and document parts",
        "multimodal_support",
    )
}

/// A part of the backend's protocol. Like media, it must be enabled in the form
/// unless it is a text.
fn other<'a>(json: &'a str, dialect: &Dialect) -> Result<Part<'a>, Error> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(borrow, default, rename = "type")]
        kind: Text<'a>,
    }
    let Some((object, [has_cache_control])) = JsonObject::parse_with(json, [CACHE_CONTROL]) else {
        return Err(Error::invalid_request("the part must be a JSON object"));
    };
    let is_text = lenient::object::<Typed<'_>>(json).is_some_and(|part| part.kind.0 == "text");
    if !dialect.media && !is_text {
        return Err(no_media());
    }
    Ok(Part::Other(OtherPart {
        json: object,
        is_text,
        has_cache_control,
    }))
}

/// The member that marks a part.
const CACHE_CONTROL: &str = "cache_control";

/// Marks the end of a prefix on the part that ends it.
fn cache<'a>(parts: &mut [Part<'a>], point: &'a CachePoint) -> Result<(), Error> {
    let control = CacheControl {
        kind: "ephemeral",
        ttl: point.ttl.as_deref(),
    };
    match parts.last_mut() {
        None => Err(Error::invalid_request(
            "a cache point must follow a part of the same message",
        )),
        Some(Part::Known(part)) if part.cache_control.is_none() => {
            part.cache_control = Some(control);
            Ok(())
        }
        Some(Part::Other(part)) if !part.has_cache_control => {
            let control = serde_json::to_string(&control).map_err(not_written)?;
            part.json.add(&format!("\"{CACHE_CONTROL}\":{control}"));
            part.has_cache_control = true;
            Ok(())
        }
        Some(Part::Known(_) | Part::Other(_)) => Err(Error::invalid_request(
            "the part before this cache point has one already; remove one",
        )),
    }
}
