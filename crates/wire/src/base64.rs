//! Base64 (RFC 4648 §4).

use ::base64::Engine;
use ::base64::alphabet::STANDARD as ALPHABET;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Writes padding; reads with or without padding.
pub(crate) const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Encodes bytes, with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Appends encoded bytes with padding, with a single allocation.
pub fn append(bytes: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    let length = encoded_len(bytes);
    text.reserve_exact(length);
    text.resize(start.saturating_add(length), b'=');
    if let Some(room) = text.get_mut(start..) {
        // The buffer has exactly this length.
        let _ = ENGINE.encode_slice(bytes, room);
    }
}

/// The length of the encoded bytes.
#[must_use]
pub fn encoded_len(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3).saturating_mul(4)
}

/// Decodes a text; `None` if it is not base64. Padding is optional.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// Decodes a text as many encoders write it: with line breaks (RFC 2045), in the
/// URL-safe alphabet (RFC 4648 §5), with or without padding. `None` if it is not
/// base64.
#[must_use]
pub fn decode_lenient(text: &str) -> Option<Vec<u8>> {
    decode(text).or_else(|| {
        let digit = |character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        };
        let characters = text.chars().filter(|c| !c.is_ascii_whitespace());
        decode(&characters.map(digit).collect::<String>())
    })
}

/// The value of a digit.
#[must_use]
pub fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit.wrapping_sub(b'A'),
        b'a'..=b'z' => digit.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => digit.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::base64::Engine;
    use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use proptest::prelude::*;

    #[test]
    fn what_is_not_base64_is_none() {
        for text in ["A", "AAAAA", "AA A", "AA\n", "A=AA", "A-_A", "é", "?"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
        assert_eq!(decode(""), Some(Vec::new()));
    }

    #[test]
    fn line_breaks_and_the_url_safe_alphabet_are_read_leniently() {
        for text in ["+/+/AA==", "-_-_AA", "+/+/\r\nAA==", " +/-_A A\n"] {
            assert_eq!(
                decode_lenient(text),
                Some(vec![0xfb, 0xff, 0xbf, 0]),
                "{text:?}"
            );
        }
        for text in ["A", "<svg/>", "AA!A"] {
            assert_eq!(decode_lenient(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_padded_or_not(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode(&STANDARD.encode(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(decode(&STANDARD_NO_PAD.encode(&bytes)), Some(bytes));
        }

        #[test]
        fn any_bytes_become_the_text_that_others_make_of_them(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), encoded_len(&bytes));
            prop_assert_eq!(text, STANDARD.encode(&bytes));
        }
    }
}
