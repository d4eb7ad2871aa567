//! Requests for images, and the images.

use super::error::ErrorDocument;
use super::field::{Base64, JsonText, base64};
use super::read::{Error, from_text, from_value};
use super::response::{InfoDocument, UsageDocument};
use super::write::to_value;
use provider_host::contract::image_generation::{
    Image, ImageData, ReferenceImage, Request, Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Reads a request. A reference image is `{"url": …}`, or `{"bytes": …,
/// "mime_type": …}` with the bytes in base64.
///
/// # Errors
///
/// If the text is not JSON, or a field is missing, unknown or of another type.
pub fn parse_request(text: &str) -> Result<Request, Error> {
    from_text::<RequestDocument>(text).map(Into::into)
}

/// Reads a request from a value, as [`parse_request`] does from text.
///
/// # Errors
///
/// As of [`parse_request`].
pub fn read_request(value: &Value) -> Result<Request, Error> {
    from_value::<RequestDocument>(value).map(Into::into)
}

/// The JSON of the images.
#[must_use]
pub fn write_response(response: &Response) -> Value {
    let Response {
        images,
        failures,
        usage,
        metadata,
    } = response;
    to_value(&ResponseDocument {
        images: images.iter().map(ImageDocument::from).collect(),
        failures: failures.iter().map(ErrorDocument::from).collect(),
        usage: usage.as_ref().map(UsageDocument::from),
        info: InfoDocument::from(metadata),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RequestDocument {
    prompt: String,
    negative_prompt: Option<String>,
    reference_images: Option<Vec<ReferenceImageDocument>>,
    size: Option<String>,
    count: Option<u32>,
    seed: Option<i64>,
    prompt_extend: Option<bool>,
    watermark: Option<bool>,
    extra: Option<JsonText>,
}

impl From<RequestDocument> for Request {
    fn from(document: RequestDocument) -> Self {
        let images = document.reference_images.unwrap_or_default();
        Self {
            prompt: document.prompt,
            negative_prompt: document.negative_prompt,
            reference_images: images.into_iter().map(|image| image.0).collect(),
            size: document.size,
            count: document.count,
            seed: document.seed,
            prompt_extend: document.prompt_extend,
            watermark: document.watermark,
            extra: document.extra.map(|extra| extra.0),
        }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "ReferenceImageFields")]
struct ReferenceImageDocument(ReferenceImage);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ReferenceImageFields {
    url: Option<String>,
    bytes: Option<Base64>,
    mime_type: Option<String>,
}

impl TryFrom<ReferenceImageFields> for ReferenceImageDocument {
    type Error = &'static str;

    fn try_from(fields: ReferenceImageFields) -> Result<Self, Self::Error> {
        match (fields.url, fields.bytes, fields.mime_type) {
            (Some(url), None, None) => Ok(Self(ReferenceImage::Url(url))),
            (None, Some(Base64(bytes)), Some(mime_type)) => {
                Ok(Self(ReferenceImage::Bytes(ImageData { bytes, mime_type })))
            }
            (None, Some(_), None) => Err("missing field `mime_type`, which `bytes` require"),
            (Some(_), None, Some(_)) => Err("`mime_type` is for `bytes`, not for `url`"),
            (None, None, _) | (Some(_), Some(_), _) => {
                Err("expected exactly one of `url` and `bytes`")
            }
        }
    }
}

#[derive(Serialize)]
struct ResponseDocument<'a> {
    images: Vec<ImageDocument<'a>>,
    failures: Vec<ErrorDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageDocument>,
    info: InfoDocument<'a>,
}

#[derive(Serialize)]
struct ImageDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<Bytes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revised_prompt: Option<&'a str>,
}

#[derive(Serialize)]
struct Bytes<'a>(#[serde(serialize_with = "base64")] &'a [u8]);

impl<'a> From<&'a Image> for ImageDocument<'a> {
    fn from(image: &'a Image) -> Self {
        let Image {
            url,
            bytes,
            mime_type,
            revised_prompt,
        } = image;
        Self {
            url: url.as_deref(),
            bytes: bytes.as_deref().map(Bytes),
            mime_type: mime_type.as_deref(),
            revised_prompt: revised_prompt.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Image, ImageData, ImageDocument, ReferenceImage, read_request};
    use crate::json::write::to_value;
    use serde_json::{Value, json};

    fn problem(value: &Value) -> String {
        read_request(value).unwrap_err().to_string()
    }

    #[test]
    fn a_prompt_alone_is_a_request() {
        let request = read_request(&json!({"prompt": "A cat"})).unwrap();
        assert_eq!(request.prompt, "A cat");
        assert_eq!(request.count, None);
    }

    #[test]
    fn reference_images_are_urls_or_bytes() {
        let images = json!([
            {"url": "https://example.com/a.png"},
            {"bytes": "AAEC", "mime_type": "image/png"},
        ]);
        let request = json!({"prompt": "A cat", "reference_images": images});
        let expected = [
            ReferenceImage::Url("https://example.com/a.png".to_owned()),
            ReferenceImage::Bytes(ImageData {
                bytes: vec![0, 1, 2],
                mime_type: "image/png".to_owned(),
            }),
        ];
        assert_eq!(read_request(&request).unwrap().reference_images, expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(problem(&json!({})), "missing field `prompt`");
        assert_eq!(
            problem(&json!({"prompt": "a", "reference_images": [{}]})),
            "reference_images[0]: expected exactly one of `url` and `bytes`"
        );
        assert_eq!(
            problem(&json!({"prompt": "a", "reference_images": [{"bytes": "AAEC"}]})),
            "reference_images[0]: missing field `mime_type`, which `bytes` require"
        );
        let message = problem(&json!({"prompt": "a", "reference_images": [{"bytes": "?"}]}));
        assert!(
            message.starts_with("reference_images[0].bytes: invalid base64"),
            "{message}"
        );
        let message = problem(&json!({"prompt": "a", "n": 2}));
        assert!(
            message.starts_with("n: unknown field `n`, expected one of `prompt`"),
            "{message}"
        );
    }

    #[test]
    fn bytes_are_written_as_base64() {
        let image = Image {
            url: None,
            bytes: Some(vec![0, 1, 2]),
            mime_type: Some("image/png".to_owned()),
            revised_prompt: None,
        };
        assert_eq!(
            to_value(&ImageDocument::from(&image)),
            json!({"bytes": "AAEC", "mime_type": "image/png"})
        );
    }
}
