//! Writing what an answer holds besides text: citations, images and audio.

use crate::json::field::base64;
use provider_host::contract::text_generation::{
    Citation, GeneratedAudio, GeneratedImage, MediaSource,
};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CitationDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
}

impl<'a> From<&'a Citation> for CitationDocument<'a> {
    fn from(citation: &'a Citation) -> Self {
        let Citation {
            url,
            title,
            text,
            label,
            start,
            end,
        } = citation;
        Self {
            url: url.as_deref(),
            title: title.as_deref(),
            text: text.as_deref(),
            label: label.as_deref(),
            start: *start,
            end: *end,
        }
    }
}

/// An image with its URL, or with its bytes in base64.
#[derive(Serialize)]
pub(super) struct ImageDocument<'a> {
    #[serde(flatten)]
    source: SourceDocument<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum SourceDocument<'a> {
    Url(&'a str),
    #[serde(serialize_with = "base64")]
    Bytes(&'a [u8]),
}

impl<'a> From<&'a GeneratedImage> for ImageDocument<'a> {
    fn from(image: &'a GeneratedImage) -> Self {
        Self {
            source: match &image.source {
                MediaSource::Url(url) => SourceDocument::Url(url),
                MediaSource::Bytes(bytes) => SourceDocument::Bytes(bytes),
            },
            mime_type: image.mime_type.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct AudioDocument<'a> {
    #[serde(serialize_with = "base64")]
    bytes: &'a [u8],
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
}

impl<'a> From<&'a GeneratedAudio> for AudioDocument<'a> {
    fn from(chunk: &'a GeneratedAudio) -> Self {
        let GeneratedAudio { bytes, mime_type } = chunk;
        Self {
            bytes,
            mime_type: mime_type.as_deref(),
        }
    }
}
