//! Percent-encoding of URLs (RFC 3986 §2.1).

use std::borrow::Cow;

/// Encodes the characters that a request target may not contain. Existing
/// escapes are kept.
#[must_use]
pub fn encode_target(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_graphic() && !b"\"<>^`{|}".contains(&byte)
    })
}

/// Encodes a name or a value of a query: everything but the unreserved
/// characters (RFC 3986 §2.3).
#[must_use]
pub fn encode_component(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    })
}

fn encode(text: &str, stays: impl Fn(u8) -> bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
        }
    }
    encoded
}

/// Decodes `%XX`. A plus sign is kept, and so is a `%` without two hexadecimal
/// digits.
#[must_use]
pub fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if let (b'%', [high, low, further @ ..]) = (byte, behind)
            && let Some(value) = hex_pair(*high, *low)
        {
            decoded.push(value);
            rest = further;
        } else {
            decoded.push(byte);
        }
    }
    Cow::Owned(decoded)
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from((high << 4) | low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_keeps_its_delimiters_and_escapes() {
        assert_eq!(encode_target("/a%20b/{x}?q=é"), "/a%20b/%7Bx%7D?q=%C3%A9");
    }

    #[test]
    fn a_component_keeps_only_unreserved_characters() {
        assert_eq!(encode_component("a b/c?~"), "a%20b%2Fc%3F~");
    }

    #[test]
    fn only_whole_escapes_are_decoded() {
        assert_eq!(&*decode(b"a%20b+%zz%2"), b"a b+%zz%2");
    }
}
