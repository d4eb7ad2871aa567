//! What stands between the quotes of a JSON text.

/// The length of what stands before a quote, a backslash or a control
/// character. Eight bytes at a time, since texts may hold whole images.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    /// A byte in every place.
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let (words, tail) = bytes.as_chunks();
    let mut length = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Subtraction borrows from the highest bit of a byte that is too
        // small; where it does so wrongly, a lower byte was too small.
        let quote = (word ^ all(b'"')).wrapping_sub(all(1));
        let backslash = (word ^ all(b'\\')).wrapping_sub(all(1));
        let control = word.wrapping_sub(all(b' '));
        let found = (quote | backslash | control) & !word & all(0x80);
        if found != 0 {
            let before = found.trailing_zeros() / 8;
            return length.saturating_add(usize::try_from(before).unwrap_or_default());
        }
        length = length.saturating_add(8);
    }
    let is_plain = |byte: &&u8| **byte >= b' ' && **byte != b'"' && **byte != b'\\';
    length.saturating_add(tail.iter().take_while(is_plain).count())
}

/// A text without its escapes, all of which are known to be whole; none if
/// one is half of a surrogate pair.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let (letter, behind) = escape.split_at_checked(1)?;
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

/// Takes the four digits of an escape.
fn unit(rest: &mut &str) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    u32::from_str_radix(digits, 16).ok()
}
