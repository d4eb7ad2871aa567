//! Reading the content of a message: a string, or a list of parts. Which fields
//! a part may have depends on its type.

use crate::json::field::{Base64, JsonText};
use provider_host::contract::text_generation::{
    CachePoint, ContentPart, ImageDetail, Media, MediaKind, MediaSource,
};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

pub(super) struct ContentDocument(pub(super) Vec<ContentPart>);

impl<'de> Deserialize<'de> for ContentDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = ContentDocument;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string or a list of parts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ContentDocument, E> {
        Ok(ContentDocument(vec![ContentPart::Text(text.to_owned())]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<ContentDocument, A::Error> {
        let parts = Vec::<PartDocument>::deserialize(SeqAccessDeserializer::new(seq))?;
        let parts = parts.into_iter().map(|part| part.0);
        Ok(ContentDocument(parts.collect()))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "PartFields")]
struct PartDocument(ContentPart);

/// A part of any type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct PartFields {
    #[serde(rename = "type")]
    part_type: PartType,
    text: Option<String>,
    url: Option<String>,
    bytes: Option<Base64>,
    mime_type: Option<String>,
    detail: Option<String>,
    file_name: Option<String>,
    ttl: Option<String>,
    json: Option<JsonText>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PartType {
    Text,
    Image,
    Audio,
    Video,
    Document,
    CachePoint,
    Other,
}

/// Why the fields are not those of a part of this type.
#[derive(Debug, thiserror::Error)]
enum PartError {
    #[error("missing field `{field}`")]
    Missing { field: &'static str },
    #[error("expected exactly one of `url` and `bytes`")]
    Source,
    #[error("unexpected field `{field}` for type `{part_type}`")]
    Unexpected {
        field: &'static str,
        part_type: &'static str,
    },
}

impl TryFrom<PartFields> for PartDocument {
    type Error = PartError;

    fn try_from(fields: PartFields) -> Result<Self, PartError> {
        fields.check()?;
        let kind = match fields.part_type {
            PartType::Text => {
                let text = fields.text.ok_or(PartError::Missing { field: "text" })?;
                return Ok(Self(ContentPart::Text(text)));
            }
            PartType::CachePoint => {
                let point = CachePoint { ttl: fields.ttl };
                return Ok(Self(ContentPart::CachePoint(point)));
            }
            PartType::Other => {
                let json = fields.json.ok_or(PartError::Missing { field: "json" })?;
                return Ok(Self(ContentPart::Other(json.0)));
            }
            PartType::Image => MediaKind::Image(fields.detail.map(image_detail)),
            PartType::Audio => MediaKind::Audio,
            PartType::Video => MediaKind::Video,
            PartType::Document => MediaKind::Document(fields.file_name),
        };
        let source = match (fields.url, fields.bytes) {
            (Some(url), None) => MediaSource::Url(url),
            (None, Some(Base64(bytes))) => MediaSource::Bytes(bytes),
            (None, None) | (Some(_), Some(_)) => return Err(PartError::Source),
        };
        Ok(Self(ContentPart::Media(Media {
            kind,
            source,
            mime_type: fields.mime_type,
        })))
    }
}

impl PartFields {
    /// Rejects fields that belong to parts of other types.
    fn check(&self) -> Result<(), PartError> {
        let is_text = self.part_type == PartType::Text;
        let is_media = matches!(
            self.part_type,
            PartType::Image | PartType::Audio | PartType::Video | PartType::Document
        );
        let is_image = self.part_type == PartType::Image;
        let is_document = self.part_type == PartType::Document;
        let unexpected = [
            ("text", self.text.is_some() && !is_text),
            ("url", self.url.is_some() && !is_media),
            ("bytes", self.bytes.is_some() && !is_media),
            ("mime_type", self.mime_type.is_some() && !is_media),
            ("detail", self.detail.is_some() && !is_image),
            ("file_name", self.file_name.is_some() && !is_document),
            (
                "ttl",
                self.ttl.is_some() && self.part_type != PartType::CachePoint,
            ),
            (
                "json",
                self.json.is_some() && self.part_type != PartType::Other,
            ),
        ];
        match unexpected.into_iter().find(|(_, unexpected)| *unexpected) {
            None => Ok(()),
            Some((field, _)) => Err(PartError::Unexpected {
                field,
                part_type: self.part_type.as_str(),
            }),
        }
    }
}

impl PartType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::CachePoint => "cache-point",
            Self::Other => "other",
        }
    }
}

/// An unknown word is passed on.
fn image_detail(word: String) -> ImageDetail {
    match word.as_str() {
        "automatic" => ImageDetail::Automatic,
        "low" => ImageDetail::Low,
        "high" => ImageDetail::High,
        _ => ImageDetail::Other(word),
    }
}
