//! Images, sound, video and documents in a message, as `OpenAI` and as
//! Qwen and vLLM want them.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::dialect::MediaForm;
use crate::error::Error;
use crate::text_generation::{ImageDetail, Media, MediaKind, MediaSource};

/// A part of a message that is not text: its type, which is also the name of
/// the member that holds the rest, and the members of that.
pub(super) struct WireMedia<'a> {
    pub(super) part_type: &'static str,
    pub(super) members: Vec<(&'static str, Cow<'a, str>)>,
}

/// A medium as it is sent.
///
/// # Errors
///
/// `invalid-request` for a URL that is none, or bytes without a type;
/// `unsupported` for what the form has no place for.
pub(super) fn encode(media: &Media, form: MediaForm) -> Result<WireMedia<'_>, Error> {
    check(media)?;
    let (part_type, members) = match (media.kind, form, &media.source) {
        (MediaKind::Image, _, _) => ("image_url", with_detail(media)),
        (MediaKind::Audio, MediaForm::OpenAi, MediaSource::Bytes(bytes)) => (
            "input_audio",
            with_format(media, STANDARD.encode(bytes).into()),
        ),
        (MediaKind::Audio, MediaForm::Qwen, _) => ("input_audio", with_format(media, url(media))),
        (MediaKind::Video, MediaForm::Qwen, _) => ("video_url", vec![("url", url(media))]),
        (MediaKind::Document, MediaForm::OpenAi, MediaSource::Bytes(_)) => {
            let name = media.file_name.as_deref().unwrap_or("document");
            (
                "file",
                vec![("filename", name.into()), ("file_data", url(media))],
            )
        }
        (MediaKind::Audio | MediaKind::Document, MediaForm::OpenAi, MediaSource::Url(_)) => {
            return Err(Error::not_configured(
                "sound or a document by URL (send its bytes)",
                "media_form",
            ));
        }
        (MediaKind::Video, MediaForm::OpenAi, _) => {
            return Err(Error::not_configured("a video", "media_form"));
        }
        (MediaKind::Document, MediaForm::Qwen, _) => {
            return Err(Error::not_configured("a document", "media_form"));
        }
    };
    Ok(WireMedia { part_type, members })
}

fn check(media: &Media) -> Result<(), Error> {
    match &media.source {
        MediaSource::Url(url) if url.starts_with("http://") || url.starts_with("https://") => {
            Ok(())
        }
        MediaSource::Url(_) => Err(Error::invalid_request(
            "the URL of a part of a message does not start with http:// or https://",
        )),
        MediaSource::Bytes(bytes) if bytes.is_empty() => Err(Error::invalid_request(
            "a part of a message has bytes, and none of them",
        )),
        MediaSource::Bytes(_) => match &media.mime_type {
            Some(mime_type) if mime_type.bytes().all(is_mime_type_byte) => Ok(()),
            Some(_) => Err(Error::invalid_request(
                "the `mime_type` of a part of a message is none; write it like image/png",
            )),
            None => Err(Error::invalid_request(
                "a part of a message has bytes and no `mime_type`, such as image/png",
            )),
        },
    }
}

/// A byte of a type and subtype (RFC 6838 §4.2), or of the parameters behind
/// them.
fn is_mime_type_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/.+-_;=".contains(&byte)
}

/// Where the bytes are: a URL, or a data URL (RFC 2397) that holds them.
fn url(media: &Media) -> Cow<'_, str> {
    match &media.source {
        MediaSource::Url(url) => url.into(),
        MediaSource::Bytes(bytes) => {
            let mime_type = media.mime_type.as_deref().unwrap_or_default();
            let mut url = format!("data:{mime_type};base64,");
            STANDARD.encode_string(bytes, &mut url);
            url.into()
        }
    }
}

fn with_detail(media: &Media) -> Vec<(&'static str, Cow<'_, str>)> {
    let detail = media.detail.map(|detail| match detail {
        ImageDetail::Automatic => "auto",
        ImageDetail::Low => "low",
        ImageDetail::High => "high",
    });
    let detail = detail.map(|detail| ("detail", detail.into()));
    [("url", url(media))].into_iter().chain(detail).collect()
}

fn with_format<'a>(media: &'a Media, data: Cow<'a, str>) -> Vec<(&'static str, Cow<'a, str>)> {
    let format = audio_format(media).map(|format| ("format", format.into()));
    [("data", data)].into_iter().chain(format).collect()
}

/// The word for a sound's format: by its type, else by how its URL ends.
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

    fn members(media: &Media, form: MediaForm) -> String {
        let wire = encode(media, form).unwrap_or_else(|error| panic!("{error:?}"));
        let members: Vec<String> = wire
            .members
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{} {}", wire.part_type, members.join(" "))
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
                "image_url url=https://h/a.png",
            ),
            (
                Image,
                bytes(),
                Some("image/png"),
                Qwen,
                "image_url url=data:image/png;base64,YWJj",
            ),
            (
                Audio,
                bytes(),
                Some("audio/mpeg"),
                OpenAi,
                "input_audio data=YWJj format=mp3",
            ),
            (
                Audio,
                bytes(),
                Some("audio/x-wav"),
                Qwen,
                "input_audio data=data:audio/x-wav;base64,YWJj format=wav",
            ),
            (
                Audio,
                at("http://h/p/a.mp3?x=1.y"),
                None,
                Qwen,
                "input_audio data=http://h/p/a.mp3?x=1.y format=mp3",
            ),
            (
                Audio,
                at("http://h/stream"),
                None,
                Qwen,
                "input_audio data=http://h/stream",
            ),
            (
                Video,
                at("http://h/v.mp4"),
                None,
                Qwen,
                "video_url url=http://h/v.mp4",
            ),
            (
                Document,
                bytes(),
                Some("application/pdf"),
                OpenAi,
                "file filename=document file_data=data:application/pdf;base64,YWJj",
            ),
        ] {
            assert_eq!(members(&medium(kind, source, mime_type), form), expected);
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
                encode(&media, form).err().unwrap().kind,
                expected,
                "{media:?}"
            );
        }
    }
}
