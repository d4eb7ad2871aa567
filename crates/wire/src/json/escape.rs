//! The contents of JSON strings.

use crate::swar::{self, below, is};

/// The length of the text before a quote, a backslash or a control character.
#[must_use]
pub fn plain_length(bytes: &[u8]) -> usize {
    let end = swar::find(bytes, |word| {
        is(word, b'"') | is(word, b'\\') | below(word, b' ')
    });
    end.unwrap_or(bytes.len())
}

/// Resolves escapes, which must be complete; `None` if one is an unpaired
/// surrogate.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = swar::find(rest.as_bytes(), |word| is(word, b'\\')) {
        let (before, escape) = rest.split_at_checked(at)?;
        plain.push_str(before);
        let (letter, behind) = escape.strip_prefix('\\')?.split_at_checked(1)?;
        rest = behind;
        plain.push(match letter {
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => {
                let first = unit(&mut rest)?;
                match first {
                    0xd800..0xdc00 => {
                        rest = rest.strip_prefix("\\u")?;
                        let second = unit(&mut rest)?.checked_sub(0xdc00)?;
                        let high = first.wrapping_sub(0xd800) << 10;
                        let low = (second < 0x400).then_some(second)?;
                        char::from_u32(0x1_0000_u32.wrapping_add(high | low))?
                    }
                    _ => char::from_u32(first)?,
                }
            }
            _ => letter.chars().next()?,
        });
    }
    plain.push_str(rest);
    Some(plain)
}

/// Reads the four digits of an escape.
fn unit(rest: &mut &str) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    u32::from_str_radix(digits, 16).ok()
}
