//! Base64 (RFC 4648 §4): bytes as texts hold them, and out of them again. The
//! engine of the crate of that name can do more, and takes 4 KB more of the
//! component.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as a text, padded.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    append(bytes, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Appends bytes to a text, padded. Room for them is made once.
pub fn append(bytes: &[u8], text: &mut Vec<u8>) {
    text.reserve_exact(encoded_len(bytes));
    for group in bytes.chunks(3) {
        let mut whole = [0; 4];
        for (place, byte) in whole.iter_mut().zip(group) {
            *place = *byte;
        }
        let mut bits = u32::from_be_bytes(whole);
        let mut digits = [b'='; 4];
        for digit in digits.iter_mut().take(group.len().saturating_add(1)) {
            let value = usize::try_from(bits >> 26).unwrap_or_default();
            *digit = ALPHABET.get(value).copied().unwrap_or_default();
            bits <<= 6;
        }
        text.extend_from_slice(&digits);
    }
}

/// How long the text of these bytes is.
#[must_use]
pub fn encoded_len(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3).saturating_mul(4)
}

/// The bytes that a text stands for; none if it is not base64.
/// Padding may be there or not.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len().div_ceil(4).saturating_mul(3));
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            bits = (bits << 6) | u32::from(value(*digit)?);
        }
        // To the left, as if the group were whole.
        let [_, first, second, third] = match group.len() {
            4 => bits,
            3 => bits << 6,
            2 => bits << 12,
            _ => return None,
        }
        .to_be_bytes();
        let whole = [first, second, third];
        bytes.extend_from_slice(whole.get(..group.len().saturating_sub(1))?);
    }
    Some(bytes)
}

/// What a digit stands for.
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
