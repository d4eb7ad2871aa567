//! Fetching a picture as whoever opens the Markdown does, and looking at it.

use bytes::Bytes;
use http::{Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::fmt;
use std::io::Cursor;
use std::time::Duration;

/// No picture takes longer.
const PATIENCE: Duration = Duration::from_mins(1);
/// No picture is larger.
const MOST_BYTES: usize = 64 << 20;

/// A picture that can be shown.
#[derive(PartialEq, Eq)]
pub(super) enum Picture {
    /// One that was decoded to its last pixel.
    Png {
        width: u32,
        height: u32,
        pixels: Vec<u8>,
    },
    /// A file of another type that browsers show.
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

/// The picture at a URL, or why there is none.
pub(super) async fn fetch(url: &str) -> Result<Picture, String> {
    let fetched = tokio::time::timeout(PATIENCE, file(url)).await;
    let (media_type, file) = fetched.map_err(|_| "it did not come in time".to_owned())??;
    match media_type.as_str() {
        "image/png" => decoded(&file),
        "image/jpeg" | "image/webp" | "image/gif" => Ok(Picture::Other { media_type, file }),
        other => Err(format!("it is no picture, but {other:?}")),
    }
}

async fn file(url: &str) -> Result<(String, Bytes), String> {
    let url: Uri = url.parse().map_err(|error| format!("no URL: {error}"))?;
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| error.to_string())?
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
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
    let body = Limited::new(response.into_body(), MOST_BYTES)
        .collect()
        .await;
    let body = body.map_err(|error| error.to_string())?;
    Ok((media_type, body.to_bytes()))
}

fn decoded(file: &[u8]) -> Result<Picture, String> {
    let broken = |error: png::DecodingError| format!("a broken PNG: {error}");
    let mut reader = png::Decoder::new(Cursor::new(file))
        .read_info()
        .map_err(broken)?;
    let size = reader.output_buffer_size();
    let size = size.filter(|size| *size <= 16 * MOST_BYTES);
    let mut pixels = vec![0; size.ok_or("a PNG that is too large")?];
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
    use super::{Picture, decoded};

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
    fn a_png_is_decoded_to_its_last_pixel() {
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
    fn half_a_png_is_none() {
        let file = png();
        assert!(decoded(&file[..file.len() / 2]).is_err());
        assert!(decoded(b"<html>").is_err());
    }
}
