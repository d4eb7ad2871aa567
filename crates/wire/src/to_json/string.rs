//! Writes the contents of strings, in runs that need no escapes (RFC 8259 §7).

use core::slice::Iter;

use crate::swar::{all, below, is};

/// Appends a text with its quotes.
#[inline]
pub(super) fn append(text: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    append_contents(text, json);
    json.push(b'"');
}

/// Appends a text without quotes: runs without escapes are copied, and found
/// eight bytes at a time.
pub(super) fn append_contents(text: &str, json: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let (words, tail) = bytes.as_chunks();
    let mut words = words.iter();
    // What is before `start` is written; `at` is the place of the next word.
    let (mut start, mut at) = (0_usize, 0_usize);
    // A loop of its own, without writing, keeps everything in registers.
    while let Some((plain, word)) = next_escaped(&mut words) {
        at = at.wrapping_add(plain.wrapping_mul(8));
        let mut marks = escaped(word);
        while marks != 0 {
            let place = at.wrapping_add(marks.trailing_zeros() as usize / 8);
            append_until(bytes, start, place, json);
            start = place.wrapping_add(1);
            marks &= marks.wrapping_sub(1);
        }
        at = at.wrapping_add(8);
    }
    at = bytes.len().wrapping_sub(tail.len());
    for byte in tail {
        if *byte < b' ' || *byte == b'"' || *byte == b'\\' {
            append_until(bytes, start, at, json);
            start = at.wrapping_add(1);
        }
        at = at.wrapping_add(1);
    }
    json.extend_from_slice(bytes.get(start..).unwrap_or_default());
}

/// The next word with a quote, a backslash or a control character, and the
/// number of words before it.
#[inline]
fn next_escaped(words: &mut Iter<'_, [u8; 8]>) -> Option<(usize, u64)> {
    let before = words.len();
    for word in words.by_ref() {
        let word = u64::from_le_bytes(*word);
        // Flipping this bit puts the quote directly behind the control
        // characters, and the space out of its place there.
        let marks = below(word ^ all(2), b'!') | is(word, b'\\');
        // Non-ASCII bytes have the highest bit set.
        if marks & !word & HIGHEST_BITS != 0 {
            let plain = before.wrapping_sub(words.len()).wrapping_sub(1);
            return Some((plain, word));
        }
    }
    None
}

const HIGHEST_BITS: u64 = all(0x80);

/// Marks each of them by the highest bit of its byte. Unlike [`is`] and
/// [`below`], nothing is borrowed from the next byte.
fn escaped(word: u64) -> u64 {
    let low_bits = word & !HIGHEST_BITS;
    let differs = |byte: u8| (low_bits ^ all(byte)).wrapping_add(!HIGHEST_BITS);
    let not_below = (word | HIGHEST_BITS).wrapping_sub(all(b' '));
    !(differs(b'"') & differs(b'\\') & not_below) & !word & HIGHEST_BITS
}

/// Appends the run from `start` to `place`, and the escape for the byte there.
fn append_until(bytes: &[u8], start: usize, place: usize, json: &mut Vec<u8>) {
    json.extend_from_slice(bytes.get(start..place).unwrap_or_default());
    if let Some(byte) = bytes.get(place) {
        append_escape(*byte, json);
    }
}

/// Appends the name of a field or a variant, which needs no escapes.
#[inline]
pub(super) fn append_plain(name: &'static str, json: &mut Vec<u8>) {
    debug_assert!(!name.contains(|letter: char| letter.is_control() || "\"\\".contains(letter)));
    json.push(b'"');
    json.extend_from_slice(name.as_bytes());
    json.push(b'"');
}

fn append_escape(byte: u8, json: &mut Vec<u8>) {
    let letter = match byte {
        8 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        12 => b'f',
        b'\r' => b'r',
        b'"' | b'\\' => byte,
        control => {
            let digit = |value: u8| b"0123456789abcdef".get(usize::from(value));
            json.extend_from_slice(b"\\u00");
            json.extend(digit(control >> 4));
            json.extend(digit(control & 15));
            return;
        }
    };
    json.extend_from_slice(&[b'\\', letter]);
}
