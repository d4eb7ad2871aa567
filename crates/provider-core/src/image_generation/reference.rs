//! Reference images, as URLs; bytes are sent in a `data:` URL.

use serde::Serialize;
use wire::base64;

use crate::error::Error;

/// A reference image, on the wire a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReferenceImage(String);

/// Maximum total size of the reference images of a call, in bytes. The images,
/// their base64, the request and the images of the response must fit into a
/// sandbox.
pub const MAX_REFERENCE_BYTES: usize = 10 << 20;

impl ReferenceImage {
    /// An image that the provider fetches: an `http`, `https` or `oss` URL.
    ///
    /// # Errors
    ///
    /// `invalid-request` for anything else.
    pub fn url(url: String) -> Result<Self, Error> {
        let scheme = url.split("://").next().unwrap_or_default();
        let is_known = url.len() > scheme.len()
            && ["http", "https", "oss"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known));
        if is_known && !url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            Ok(Self(url))
        } else {
            Err(invalid(
                "`reference_images` contains a URL that does not start with http:// or https://, or that contains whitespace",
            ))
        }
    }

    /// An image whose bytes are sent.
    ///
    /// # Errors
    ///
    /// `invalid-request` if there are no bytes, or the media type is not an
    /// image type.
    pub fn bytes(bytes: &[u8], mime_type: &str) -> Result<Self, Error> {
        let subtype = mime_type.strip_prefix("image/").unwrap_or_default();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-+.".contains(&byte);
        if subtype.is_empty() || !subtype.bytes().all(is_token) {
            return Err(invalid(
                "`reference_images` contains data whose media type is not an image type, such as image/png",
            ));
        }
        if bytes.is_empty() {
            return Err(invalid("`reference_images` contains an empty image"));
        }
        let mut url = format!("data:{mime_type};base64,").into_bytes();
        base64::append(bytes, &mut url);
        Ok(Self(String::from_utf8(url).unwrap_or_default()))
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the total size of the images of a call.
///
/// # Errors
///
/// `invalid-request` if it exceeds [`MAX_REFERENCE_BYTES`].
pub fn check_total(bytes: usize) -> Result<(), Error> {
    if bytes <= MAX_REFERENCE_BYTES {
        return Ok(());
    }
    Err(invalid(format!(
        "`reference_images` exceed {MAX_REFERENCE_BYTES} bytes in total; send URLs or smaller images"
    )))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::invalid_request(message).with_field("reference_images")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_a_data_url() {
        let image = ReferenceImage::bytes(&[0, 1, 2, 255], "image/png").unwrap();
        assert_eq!(image.as_str(), "data:image/png;base64,AAEC/w==");
        assert_eq!(image.0.capacity(), image.0.len());
    }

    #[test]
    fn a_url_is_sent_as_it_is() {
        for url in ["http://h/a.png", "HTTPS://h/a?b=c", "oss://bucket/a"] {
            assert_eq!(ReferenceImage::url(url.to_owned()).unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_is_no_image_is_refused() {
        for url in [
            "",
            "h/a.png",
            "http",
            "file:///etc/passwd",
            "data:image/png;base64,AA==",
            "http://h/a b",
        ] {
            ReferenceImage::url(url.to_owned()).expect_err(url);
        }
        for mime_type in ["", "image/", "text/plain", "image/png;base64,\r\n", "png"] {
            ReferenceImage::bytes(&[1], mime_type).expect_err(mime_type);
        }
        ReferenceImage::bytes(&[], "image/png").expect_err("no bytes");
        let error = check_total(MAX_REFERENCE_BYTES + 1).unwrap_err();
        assert!(error.message.contains("URLs"), "{}", error.message);
        assert!(check_total(MAX_REFERENCE_BYTES).is_ok());
    }
}
