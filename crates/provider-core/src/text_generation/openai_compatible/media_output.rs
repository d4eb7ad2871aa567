//! Images and audio in an answer: URLs, data URLs (RFC 2397) and base64.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::text_generation::{GeneratedAudio, GeneratedImage, MediaSource};
use wire::base64;
use wire::lenient::{self, Text};

/// An image in any form.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AnyImage<'a> {
    /// A URL, or an object with one.
    #[serde(borrow)]
    image_url: Option<&'a RawValue>,
    #[serde(borrow)]
    image: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
}

/// Reads an image: a URL, `{"image_url":{"url":…}}`, `{"image_url":"…"}`,
/// `{"image":"…"}` or `{"url":"…"}`. `None` if it has no URL.
///
/// # Errors
///
/// `protocol` if a data URL is not base64.
pub(super) fn image(json: &str) -> Result<Option<GeneratedImage>, Error> {
    let url = image_url(json);
    if url.is_empty() {
        return Ok(None);
    }
    let is_data = url
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if !is_data {
        return Ok(Some(GeneratedImage {
            source: MediaSource::Url(url.into_owned()),
            mime_type: None,
        }));
    }
    let (head, data) = url
        .get(5..)
        .and_then(|data| data.split_once(','))
        .filter(|(head, _)| ends_with_base64(head))
        .ok_or_else(not_base64)?;
    let bytes = base64::decode_lenient(data).ok_or_else(not_base64)?;
    let mime_type = head.split(';').next().unwrap_or_default().trim();
    Ok(Some(GeneratedImage {
        source: MediaSource::Bytes(bytes),
        mime_type: (!mime_type.is_empty()).then(|| mime_type.to_ascii_lowercase()),
    }))
}

fn ends_with_base64(head: &str) -> bool {
    let last = head.rsplit(';').next().unwrap_or_default();
    head.contains(';') && last.trim().eq_ignore_ascii_case("base64")
}

fn not_base64() -> Error {
    Error::protocol("the response contains an image whose data URL is not base64")
}

fn image_url(json: &str) -> Cow<'_, str> {
    if json.starts_with('"') {
        let Text(url) = serde_json::from_str(json).unwrap_or_default();
        return url;
    }
    let image: AnyImage<'_> = lenient::object(json).unwrap_or_default();
    let named = match image.image_url.map(RawValue::get) {
        Some(json) if json.starts_with('{') => {
            let inner: AnyImage<'_> = lenient::object(json).unwrap_or_default();
            inner.url
        }
        Some(json) => serde_json::from_str(json).unwrap_or_default(),
        None => image.image,
    };
    if named.is_empty() {
        image.url.0
    } else {
        named.0
    }
}

/// The value of `audio` in a delta or message.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Audio<'a> {
    /// Sent back in place of the audio in the next turn.
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    /// Base64.
    #[serde(borrow)]
    pub(super) data: Text<'a>,
    /// The spoken text.
    #[serde(borrow)]
    pub(super) transcript: Text<'a>,
}

/// Decodes audio whose base64 may be cut anywhere between its pieces.
#[derive(Debug, Default)]
pub(super) struct AudioDecoder {
    /// Up to three digits behind the last group of four.
    rest: String,
}

impl AudioDecoder {
    /// Decodes a piece, up to the last complete group of digits.
    ///
    /// # Errors
    ///
    /// `protocol` if it is not base64.
    pub(super) fn push(&mut self, data: &str) -> Result<Option<GeneratedAudio>, Error> {
        let mut digits = core::mem::take(&mut self.rest);
        digits.extend(data.chars().filter(|c| !c.is_ascii_whitespace()));
        let length = digits.len();
        let whole = length.saturating_sub(length % 4);
        if !digits.is_char_boundary(whole) {
            return Err(audio_not_base64());
        }
        self.rest = digits.split_off(whole);
        decode_audio(&digits)
    }

    /// Decodes what is left at the end of the answer.
    ///
    /// # Errors
    ///
    /// As for [`AudioDecoder::push`].
    pub(super) fn finish(&mut self) -> Result<Option<GeneratedAudio>, Error> {
        decode_audio(&core::mem::take(&mut self.rest))
    }
}

fn decode_audio(digits: &str) -> Result<Option<GeneratedAudio>, Error> {
    let bytes = base64::decode_lenient(digits).ok_or_else(audio_not_base64)?;
    Ok((!bytes.is_empty()).then_some(GeneratedAudio {
        bytes,
        mime_type: None,
    }))
}

fn audio_not_base64() -> Error {
    Error::protocol("the response contains audio that is not base64")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; 4] = [0xfb, 0xff, 0xbf, 0];

    #[test]
    fn images_are_read_in_every_form() {
        let url = |url: &str| GeneratedImage {
            source: MediaSource::Url(url.to_owned()),
            mime_type: None,
        };
        let inline = |mime_type: Option<&str>| GeneratedImage {
            source: MediaSource::Bytes(BYTES.to_vec()),
            mime_type: mime_type.map(str::to_owned),
        };
        for (json, expected) in [
            (r#""https://a/b.png""#, Some(url("https://a/b.png"))),
            (
                r#"{"type":"image_url","image_url":{"url":"https://a"}}"#,
                Some(url("https://a")),
            ),
            (r#"{"image_url":"https://a"}"#, Some(url("https://a"))),
            (r#"{"image":"https://a"}"#, Some(url("https://a"))),
            (r#"{"url":"https://a"}"#, Some(url("https://a"))),
            (
                r#""data:image/png;base64,+/+/AA==""#,
                Some(inline(Some("image/png"))),
            ),
            (
                r#""DATA:Image/PNG;name=a;Base64,-_-_\r\nAA""#,
                Some(inline(Some("image/png"))),
            ),
            (r#""data:;base64,+/+/AA""#, Some(inline(None))),
            (r#"{"type":"image_url"}"#, None),
            ("null", None),
            ("[7]", None),
        ] {
            assert_eq!(image(json), Ok(expected), "{json}");
        }
        for json in [
            r#""data:image/svg+xml,<svg/>""#,
            r#""data:image/png;base64,<html>""#,
            r#""data:base64,AAAA""#,
            r#""data:""#,
        ] {
            assert!(image(json).is_err(), "{json}");
        }
    }

    #[test]
    fn audio_may_be_cut_between_any_digits() {
        let text = "+/+/AAE=";
        let bytes = [0xfb, 0xff, 0xbf, 0, 1];
        for cut in 0..=text.len() {
            let mut decoder = AudioDecoder::default();
            let mut read = Vec::new();
            for piece in [&text[..cut], &text[cut..]] {
                read.extend(decoder.push(piece).unwrap());
            }
            read.extend(decoder.finish().unwrap());
            let read: Vec<u8> = read.into_iter().flat_map(|chunk| chunk.bytes).collect();
            assert_eq!(read, bytes, "{cut}");
        }
        assert!(AudioDecoder::default().push("日本").is_err());
        assert!(AudioDecoder::default().push("<no>").is_err());
    }
}
