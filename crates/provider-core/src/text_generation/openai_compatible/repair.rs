//! Repairs JSON whose strings were cut within a character, by a model's tokens
//! or by a relay. The missing part becomes U+FFFD, as in the standard of
//! server-sent events, and the rest of the answer is kept.

use std::borrow::Cow;

use wire::swar;

/// The replacement character as a JSON escape.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// The document with invalid UTF-8 and unpaired surrogate escapes replaced;
/// `None` if there are none.
pub(super) fn repaired(json: &[u8]) -> Option<Vec<u8>> {
    let text = match core::str::from_utf8(json) {
        Ok(_) if !swar::contains(json, b'\\') => return None,
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(json),
    };
    let mut repaired = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut changed = text.as_bytes() != json;
    while let Some((&byte, behind)) = rest.split_first() {
        if byte != b'\\' {
            repaired.push(byte);
            rest = behind;
            continue;
        }
        let taken = match Escape::at(rest) {
            Escape::Pair => 12,
            Escape::Half => {
                changed = true;
                repaired.extend_from_slice(REPLACEMENT);
                rest = rest.get(6..)?;
                continue;
            }
            // A backslash and the escaped byte, which may be a backslash too.
            Escape::Other => 2,
        };
        let (escape, next) = rest.split_at_checked(taken)?;
        repaired.extend_from_slice(escape);
        rest = next;
    }
    changed.then_some(repaired)
}

/// The kind of an escape.
enum Escape {
    /// Two escapes that form a surrogate pair.
    Pair,
    /// An unpaired surrogate.
    Half,
    /// Any other.
    Other,
}

impl Escape {
    fn at(bytes: &[u8]) -> Self {
        match (surrogate(bytes), bytes.get(6..).and_then(surrogate)) {
            (Some(0xd800..0xdc00), Some(0xdc00..=0xdfff)) => Self::Pair,
            (Some(_), _) => Self::Half,
            (None, _) => Self::Other,
        }
    }
}

/// The surrogate of the escape at the start of the text.
fn surrogate(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let digits = core::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16)
        .ok()
        .filter(|unit| (0xd800..=0xdfff).contains(unit))
}

#[cfg(test)]
mod tests {
    use super::repaired;

    #[test]
    fn what_is_whole_is_left_alone() {
        for json in [r#"{"a":"\ud83d\ude42 \\ud83d \u00e9"}"#, "{}", ""] {
            assert_eq!(repaired(json.as_bytes()), None, "{json}");
        }
    }

    #[test]
    fn half_characters_are_replaced() {
        for (json, expected) in [
            (r#""\ud83d""#.as_bytes(), r#""\ufffd""#),
            (r#""\ude42\ud83d x""#.as_bytes(), r#""\ufffd\ufffd x""#),
            (
                r#""\ud83d\ud83d\ude42""#.as_bytes(),
                r#""\ufffd\ud83d\ude42""#,
            ),
            (b"\"\xe4\xb8\"", "\"\u{fffd}\""),
        ] {
            assert_eq!(
                repaired(json).as_deref(),
                Some(expected.as_bytes()),
                "{expected}"
            );
        }
    }
}
