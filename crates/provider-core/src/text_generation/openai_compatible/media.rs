//! Images, audio, video and documents in a message, in the formats of `OpenAI`
//! and of Qwen and vLLM.

use super::dialect::MediaForm;
use super::message::{File, ImageUrl, InputAudio, PartContent, Source, VideoUrl};
use crate::error::Error;
use crate::text_generation::{ImageDetail, Media, MediaKind, MediaSource};
use wire::to_json::Base64;

/// The part of a message for a medium.
///
/// # Errors
///
/// `invalid-request` for an invalid URL or bytes without a type; `unsupported`
/// for media that the format does not support.
pub(super) fn part(media: &Media, form: MediaForm) -> Result<PartContent<'_>, Error> {
    check(media)?;
    let missing = match (media.kind, form, &media.source) {
        (MediaKind::Image, _, _) => {
            return Ok(PartContent::ImageUrl {
                image_url: ImageUrl {
                    url: url(media),
                    detail: media.detail.as_ref().map(detail),
                },
            });
        }
        (MediaKind::Audio, MediaForm::Qwen, _) => return Ok(audio(url(media), media)),
        (MediaKind::Audio, MediaForm::OpenAi, MediaSource::Bytes(bytes)) => {
            return Ok(audio(Source::Bytes(Base64::new(bytes)), media));
        }
        (MediaKind::Video, MediaForm::Qwen, _) => {
            return Ok(PartContent::VideoUrl {
                video_url: VideoUrl { url: url(media) },
            });
        }
        (MediaKind::Document, MediaForm::OpenAi, MediaSource::Bytes(_)) => {
            return Ok(PartContent::File {
                file: File {
                    filename: media.file_name.as_deref().unwrap_or("document"),
                    file_data: url(media),
                },
            });
        }
        (MediaKind::Audio | MediaKind::Document, MediaForm::OpenAi, MediaSource::Url(_)) => {
            "an audio or document URL (send the bytes instead)"
        }
        (MediaKind::Video, MediaForm::OpenAi, _) => "a video",
        (MediaKind::Document, MediaForm::Qwen, _) => "a document",
    };
    Err(Error::not_configured(missing, "media_form"))
}

fn audio<'a>(data: Source<'a>, media: &'a Media) -> PartContent<'a> {
    PartContent::InputAudio {
        input_audio: InputAudio {
            data,
            format: audio_format(media),
        },
    }
}

fn detail(detail: &ImageDetail) -> &str {
    match detail {
        ImageDetail::Automatic => "auto",
        ImageDetail::Low => "low",
        ImageDetail::High => "high",
        ImageDetail::Other(word) => word,
    }
}

/// A URL, or a data URL with the bytes.
fn url(media: &Media) -> Source<'_> {
    match &media.source {
        MediaSource::Url(url) => Source::Url(url),
        MediaSource::Bytes(bytes) => {
            let mime_type = media.mime_type.as_deref().unwrap_or_default();
            Source::Bytes(Base64::data_url(mime_type, bytes))
        }
    }
}

fn check(media: &Media) -> Result<(), Error> {
    match &media.source {
        MediaSource::Url(url) if url.starts_with("http://") || url.starts_with("https://") => {
            Ok(())
        }
        MediaSource::Url(_) => Err(Error::invalid_request(
            "the media URL must start with http:// or https://",
        )),
        MediaSource::Bytes(bytes) if bytes.is_empty() => {
            Err(Error::invalid_request("the media bytes are empty"))
        }
        MediaSource::Bytes(_) => match &media.mime_type {
            Some(mime_type) if mime_type.bytes().all(is_mime_type_byte) => Ok(()),
            Some(_) => Err(Error::invalid_request(
                "invalid `mime_type`; expected type/subtype, such as image/png",
            )),
            None => Err(Error::invalid_request(
                "`mime_type` is required for media bytes; set it to type/subtype, such as image/png",
            )),
        },
    }
}

/// Whether a byte may occur in a media type (RFC 6838 §4.2) or its parameters.
fn is_mime_type_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/.+-_;=".contains(&byte)
}

/// The audio format, from the media type or else from the end of the URL.
fn audio_format(media: &Media) -> Option<&str> {
    let by_type = media
        .mime_type
        .as_deref()
        .and_then(|mime_type| mime_type.split(';').next()?.split('/').nth(1));
    let by_url = || match &media.source {
        MediaSource::Url(url) => {
            let path = url.split(['?', '#']).next()?;
            path.rsplit('/')
                .next()?
                .rsplit_once('.')
                .map(|(_, end)| end)
        }
        MediaSource::Bytes(_) => None,
    };
    let word = by_type.or_else(by_url)?;
    let word = word.strip_prefix("x-").unwrap_or(word);
    Some(match word {
        "mpeg" => "mp3",
        "wave" => "wav",
        word => word,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::text_generation::openai_compatible::message::Part;
    use wire::to_json::to_json;

    fn medium(kind: MediaKind, source: MediaSource, mime_type: Option<&str>) -> Media {
        Media {
            kind,
            source,
            mime_type: mime_type.map(str::to_owned),
            detail: None,
            file_name: None,
        }
    }

    fn at(url: &str) -> MediaSource {
        MediaSource::Url(url.to_owned())
    }

    fn bytes() -> MediaSource {
        MediaSource::Bytes(b"abc".to_vec())
    }

    fn written(media: &Media, form: MediaForm) -> Result<String, Error> {
        let part = Part::from(part(media, form)?);
        Ok(String::from_utf8(to_json(&part, 0).unwrap()).unwrap())
    }

    #[test]
    fn each_medium_is_written_as_its_backend_wants_it() {
        use MediaForm::{OpenAi, Qwen};
        use MediaKind::{Audio, Document, Image, Video};
        for (kind, source, mime_type, form, expected) in [
            (
                Image,
                at("https://h/a.png"),
                None,
                OpenAi,
                r#"{"type":"image_url","image_url":{"url":"https://h/a.png"}}"#,
            ),
            (
                Image,
                bytes(),
                Some("image/png"),
                Qwen,
                r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,YWJj"}}"#,
            ),
            (
                Audio,
                bytes(),
                Some("audio/mpeg"),
                OpenAi,
                r#"{"type":"input_audio","input_audio":{"data":"YWJj","format":"mp3"}}"#,
            ),
            (
                Audio,
                bytes(),
                Some("audio/x-wav"),
                Qwen,
                r#"{"type":"input_audio","input_audio":{"data":"data:audio/x-wav;base64,YWJj","format":"wav"}}"#,
            ),
            (
                Audio,
                at("http://h/p/a.mp3?x=1.y"),
                None,
                Qwen,
                r#"{"type":"input_audio","input_audio":{"data":"http://h/p/a.mp3?x=1.y","format":"mp3"}}"#,
            ),
            (
                Audio,
                at("http://h/stream"),
                None,
                Qwen,
                r#"{"type":"input_audio","input_audio":{"data":"http://h/stream"}}"#,
            ),
            (
                Video,
                at("http://h/v.mp4"),
                None,
                Qwen,
                r#"{"type":"video_url","video_url":{"url":"http://h/v.mp4"}}"#,
            ),
            (
                Document,
                bytes(),
                Some("application/pdf"),
                OpenAi,
                r#"{"type":"file","file":{"filename":"document","file_data":"data:application/pdf;base64,YWJj"}}"#,
            ),
        ] {
            let media = medium(kind, source, mime_type);
            assert_eq!(written(&media, form).unwrap(), expected);
        }
    }

    #[test]
    fn a_medium_that_has_no_place_or_makes_no_sense_is_refused() {
        use MediaForm::{OpenAi, Qwen};
        use MediaKind::{Audio, Document, Image, Video};
        for (kind, source, mime_type, form, expected) in [
            (
                Image,
                at("file:///etc/passwd"),
                None,
                OpenAi,
                ErrorKind::InvalidRequest,
            ),
            (Image, bytes(), None, OpenAi, ErrorKind::InvalidRequest),
            (
                Image,
                bytes(),
                Some("image/png\"}"),
                OpenAi,
                ErrorKind::InvalidRequest,
            ),
            (
                Image,
                MediaSource::Bytes(Vec::new()),
                Some("image/png"),
                OpenAi,
                ErrorKind::InvalidRequest,
            ),
            (
                Audio,
                at("http://h/a.mp3"),
                None,
                OpenAi,
                ErrorKind::Unsupported,
            ),
            (
                Video,
                at("http://h/v.mp4"),
                None,
                OpenAi,
                ErrorKind::Unsupported,
            ),
            (
                Document,
                bytes(),
                Some("application/pdf"),
                Qwen,
                ErrorKind::Unsupported,
            ),
        ] {
            let media = medium(kind, source, mime_type);
            assert_eq!(
                written(&media, form).unwrap_err().kind,
                expected,
                "{media:?}"
            );
        }
    }
}
