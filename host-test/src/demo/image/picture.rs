//! Fetches a generated picture from the mock gateway and decodes it.

use bytes::Bytes;
use http::{Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::fmt;
use std::io::Cursor;
use std::net::IpAddr;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_mins(1);
const MAX_BYTES: usize = 64 << 20;

/// A picture.
#[derive(PartialEq, Eq)]
pub(super) enum Picture {
    /// A PNG, decoded completely.
    Png {
        width: u32,
        height: u32,
        pixels: Vec<u8>,
    },
    /// A file of another type, not decoded.
    Other { media_type: String, file: Bytes },
}

impl fmt::Display for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Png { width, height, .. } => {
                write!(formatter, "a PNG of {width} × {height} pixels")
            }
            Self::Other { media_type, file } => {
                write!(formatter, "{media_type}, {} bytes, not decoded", file.len())
            }
        }
    }
}

/// Whether a URL is plain http on a loopback address. Others are not fetched:
/// they are chosen by a server, and no egress policy covers this request.
pub(super) fn is_on_this_machine(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else {
        return false;
    };
    let host = url.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback && url.scheme_str() == Some("http")
}

/// Fetches and decodes the picture at a URL.
pub(super) async fn fetch(url: &str) -> Result<Picture, String> {
    let fetched = tokio::time::timeout(TIMEOUT, file(url)).await;
    let (media_type, file) = fetched.map_err(|_| "timed out".to_owned())??;
    match media_type.as_str() {
        "image/png" => decoded(&file),
        "image/jpeg" | "image/webp" | "image/gif" => Ok(Picture::Other { media_type, file }),
        other => Err(format!("unexpected media type {other:?}")),
    }
}

async fn file(url: &str) -> Result<(String, Bytes), String> {
    let url: Uri = url
        .parse()
        .map_err(|error| format!("invalid URL: {error}"))?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client.get(url).await.map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(format!("status {}", response.status()));
    }
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok()?.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let body = Limited::new(response.into_body(), MAX_BYTES)
        .collect()
        .await;
    let body = body.map_err(|error| error.to_string())?;
    Ok((media_type, body.to_bytes()))
}

fn decoded(file: &[u8]) -> Result<Picture, String> {
    let broken = |error: png::DecodingError| format!("invalid PNG: {error}");
    let mut reader = png::Decoder::new(Cursor::new(file))
        .read_info()
        .map_err(broken)?;
    let size = reader.output_buffer_size();
    let size = size.filter(|size| *size <= 16 * MAX_BYTES);
    let mut pixels = vec![0; size.ok_or("the PNG is too large")?];
    let info = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(info.buffer_size());
    Ok(Picture::Png {
        width: info.width,
        height: info.height,
        pixels,
    })
}

#[cfg(test)]
mod tests {
    use super::{Picture, decoded, is_on_this_machine};

    fn png() -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 2, 1);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[1, 2, 3, 4, 5, 6]).unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn a_png_is_decoded_completely() {
        match decoded(&png()).unwrap() {
            Picture::Png {
                width,
                height,
                pixels,
            } => {
                assert_eq!((width, height), (2, 1));
                assert_eq!(pixels, [1, 2, 3, 4, 5, 6]);
            }
            other @ Picture::Other { .. } => panic!("{other}"),
        }
    }

    #[test]
    fn a_truncated_png_is_rejected() {
        let file = png();
        assert!(decoded(&file[..file.len() / 2]).is_err());
        assert!(decoded(b"<html>").is_err());
    }

    #[test]
    fn only_plain_http_on_a_loopback_address_is_on_this_machine() {
        for url in [
            "http://127.0.0.1:80/a.png",
            "http://[::1]/a",
            "http://localhost:1/a",
        ] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in [
            "https://127.0.0.1/a.png",
            "http://10.0.0.1/a.png",
            "http://127.0.0.1.example.com/a.png",
            "http://example.com/?127.0.0.1",
            "not a URL",
        ] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
