//! Images in base64, alone or in a `data:` URL (RFC 2397).

use wire::base64;

/// The bytes of an image in base64 or in a `data:` URL; `None` for any other
/// text.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let encoded = if is_data_url(text) {
        data_of_url(text)?
    } else {
        text
    };
    base64::decode_lenient(encoded)
}

/// Whether it is a `data:` URL (RFC 2397); schemes have no case.
pub(super) fn is_data_url(url: &str) -> bool {
    url.get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The base64 in a `data:` URL, whose last parameter says that it is some.
fn data_of_url(url: &str) -> Option<&str> {
    let (head, data) = url.split_once(',')?;
    let (_, encoding) = head.rsplit_once(';')?;
    encoding
        .trim()
        .eq_ignore_ascii_case("base64")
        .then_some(data)
}

/// The media type of an image by its first bytes, which is more reliable than
/// the type in a response.
pub(super) fn mime_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_is_an_image() {
        for (text, is_image) in [
            ("AAAA", true),
            (" AA\nAA\n", true),
            ("data:image/png;base64,AAAA", true),
            ("DATA:image/png;charset=utf-8;BASE64,AAAA", true),
            ("data:;base64,AAAA", true),
            ("data:image/png,AAAA", false),
            ("data:image/svg+xml;utf8,<svg/>", false),
            ("data:base64", false),
            ("<svg/>", false),
        ] {
            assert_eq!(decode(text).is_some(), is_image, "{text}");
        }
    }
}
