//! A scanner for JSON documents whose members are known in advance: one pass,
//! values read in place, member names compared as numbers, no allocation except
//! for strings with escapes.
//!
//! It exists beside `serde_json` because every event of a streamed answer is read
//! with it: the JSON of an event of 245 bytes takes 3,000 instructions, and 7,600
//! with `serde_json` into the same type, 2.5 × as many (callgrind over the core's
//! `benches/linear.rs`, with link-time optimisation).
//!
//! It accepts a subset of what `serde_json` accepts, strictly by RFC 8259, with
//! at most [`MAX_DEPTH`] levels. Every method returns `None` for anything else:
//! invalid JSON, names with escapes, values of another type than the caller
//! reads. The caller then gives the document to `serde_json`, which decides.

use std::borrow::Cow;

use crate::swar::{all, below, is};

/// Maximum number of nested objects and arrays, as in `serde_json`.
pub const MAX_DEPTH: u8 = 127;

/// A scanner at a position of a document.
#[derive(Debug)]
pub struct Scanner<'a> {
    json: &'a [u8],
    at: usize,
    depth: u8,
}

/// The name of a member: ASCII without escapes.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a> {
    key: u64,
    bytes: &'a [u8],
}

/// The number that stands for a name: its first eight bytes. Names of up to seven
/// bytes have one of their own; longer ones may share it, see [`Name::is`].
#[must_use]
pub const fn key(name: &str) -> u64 {
    let mut rest = name.as_bytes();
    let mut key = 0;
    let mut shift = 0;
    while let Some((byte, behind)) = rest.split_first() {
        if shift == u64::BITS {
            break;
        }
        key |= (*byte as u64) << shift;
        shift = shift.wrapping_add(8);
        rest = behind;
    }
    key
}

impl<'a> Name<'a> {
    /// The number of the name, as [`key`] computes it.
    #[must_use]
    pub fn key(&self) -> u64 {
        self.key
    }

    /// Whether this is the name. The key is enough for names of up to seven
    /// bytes; a longer name must be compared as well.
    #[must_use]
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.bytes == name.as_bytes()
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        // Names are ASCII.
        core::str::from_utf8(self.bytes).unwrap_or_default()
    }
}

/// What a string that was passed over consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StringKind {
    /// ASCII without escapes.
    Ascii,
    /// Other bytes too, without escapes.
    Unescaped,
    /// Escapes, and perhaps other bytes.
    Escaped { is_ascii: bool },
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a document.
    #[must_use]
    pub fn new(json: &'a [u8]) -> Self {
        Self {
            json,
            at: 0,
            depth: 0,
        }
    }

    /// Reads an object; `read_member` reads the value of each member.
    #[inline]
    pub fn object(
        &mut self,
        mut read_member: impl FnMut(&mut Self, Name<'a>) -> Option<()>,
    ) -> Option<()> {
        self.open(b'{')?;
        if self.peek()? == b'}' {
            return self.close();
        }
        loop {
            let name = self.name()?;
            read_member(self, name)?;
            match self.peek()? {
                b',' => self.advance(1),
                b'}' => return self.close(),
                _ => return None,
            }
        }
    }

    /// Reads an array; `read_item` reads each item.
    #[inline]
    pub fn array(&mut self, mut read_item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.open(b'[')?;
        if self.peek()? == b']' {
            return self.close();
        }
        loop {
            read_item(self)?;
            match self.peek()? {
                b',' => self.advance(1),
                b']' => return self.close(),
                _ => return None,
            }
        }
    }

    /// Reads `null`; whether it was there. Other values stay.
    #[inline]
    pub fn null(&mut self) -> Option<bool> {
        if self.peek()? != b'n' {
            return Some(false);
        }
        self.literal(b"null").map(|()| true)
    }

    /// Reads a string, or null as an empty one.
    #[inline]
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        match self.peek()? {
            b'"' => self.string(),
            b'n' => self.literal(b"null").map(|()| Cow::Borrowed("")),
            _ => None,
        }
    }

    /// Reads a string.
    #[inline]
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        match self.pass_string()? {
            StringKind::Escaped { .. } => {
                let json = self.json.get(start..self.at)?;
                serde_json::from_str(str::from_utf8(json).ok()?)
                    .ok()
                    .map(Cow::Owned)
            }
            StringKind::Ascii | StringKind::Unescaped => {
                let raw = self
                    .json
                    .get(start.wrapping_add(1)..self.at.wrapping_sub(1))?;
                core::str::from_utf8(raw).ok().map(Cow::Borrowed)
            }
        }
    }

    /// Passes over a value and returns it as written; `None` inside for null.
    #[inline]
    pub fn raw(&mut self) -> Option<Option<&'a str>> {
        if self.null()? {
            return Some(None);
        }
        let start = self.at;
        self.skip()?;
        let json = self.json.get(start..self.at)?;
        core::str::from_utf8(json).ok().map(Some)
    }

    /// Passes over a value. It is checked like any other.
    pub fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b'n' => self.literal(b"null"),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'-' | b'0'..=b'9' => self.number(),
            b'{' => self.object(|scanner, _| scanner.skip()),
            b'[' => self.array(Self::skip),
            _ => None,
        }
    }

    /// Ends the document, behind which only whitespace may follow.
    #[must_use]
    pub fn end(mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// The first byte behind whitespace; `None` at the end.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        match self.json.get(self.at) {
            Some(byte) if *byte > b' ' => Some(*byte),
            _ => self.peek_behind_whitespace(),
        }
    }

    #[cold]
    fn peek_behind_whitespace(&mut self) -> Option<u8> {
        loop {
            match self.json.get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.advance(1),
                byte => return Some(*byte),
            }
        }
    }

    #[inline]
    fn advance(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    #[inline]
    fn open(&mut self, bracket: u8) -> Option<()> {
        if self.peek()? != bracket || self.depth == MAX_DEPTH {
            return None;
        }
        self.depth = self.depth.saturating_add(1);
        self.advance(1);
        Some(())
    }

    #[inline]
    #[expect(clippy::unnecessary_wraps, reason = "ends the loops that return it")]
    fn close(&mut self) -> Option<()> {
        self.depth = self.depth.saturating_sub(1);
        self.advance(1);
        Some(())
    }

    fn literal(&mut self, word: &[u8]) -> Option<()> {
        if !self.json.get(self.at..)?.starts_with(word) {
            return None;
        }
        self.advance(word.len());
        Some(())
    }

    /// Reads a name and its colon.
    #[expect(clippy::inline_always, reason = "a sixth of the time of a chunk")]
    #[inline(always)]
    fn name(&mut self) -> Option<Name<'a>> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at.wrapping_add(1);
        let rest = self.json.get(start..)?;
        let Some((word, behind)) = rest.split_first_chunk() else {
            return self.short_name(rest);
        };
        let word = u64::from_le_bytes(*word);
        let end = string_ends(word);
        if end == 0 {
            return self.long_name(word, start, behind);
        }
        // The bytes before the lowest mark.
        let key = word & ((end & end.wrapping_neg()).wrapping_sub(1) >> 7);
        if key & all(0x80) != 0 {
            return None;
        }
        self.name_of(key, start, end.trailing_zeros() as usize / 8)
    }

    /// Reads the rest of a name of eight bytes or more.
    fn long_name(&mut self, key: u64, start: usize, mut rest: &'a [u8]) -> Option<Name<'a>> {
        let mut seen = key;
        let mut length = 8_usize;
        while let Some((word, behind)) = rest.split_first_chunk() {
            let word = u64::from_le_bytes(*word);
            let end = string_ends(word);
            if end != 0 {
                seen |= word & (end.wrapping_sub(1) & !end);
                if seen & all(0x80) != 0 {
                    return None;
                }
                return self.name_of(
                    key,
                    start,
                    length.wrapping_add(end.trailing_zeros() as usize / 8),
                );
            }
            seen |= word;
            length = length.wrapping_add(8);
            rest = behind;
        }
        // Within eight bytes of the end of the document.
        let last = rest.iter().take_while(|byte| is_plain(**byte)).count();
        (seen & all(0x80) == 0).then_some(())?;
        self.name_of(key, start, length.wrapping_add(last))
    }

    /// Ends a name of this length.
    #[expect(clippy::inline_always, reason = "as for `name`")]
    #[inline(always)]
    fn name_of(&mut self, key: u64, start: usize, length: usize) -> Option<Name<'a>> {
        let (bytes, behind) = self.json.get(start..)?.split_at_checked(length)?;
        match behind {
            [b'"', b':', ..] => self.at = start.wrapping_add(length).wrapping_add(2),
            [b'"', ..] => {
                self.at = start.wrapping_add(length).wrapping_add(1);
                if self.peek()? != b':' {
                    return None;
                }
                self.advance(1);
            }
            _ => return None, // an escape or a control character
        }
        Some(Name { key, bytes })
    }

    /// Reads a name within eight bytes of the end of the document.
    #[cold]
    fn short_name(&mut self, rest: &'a [u8]) -> Option<Name<'a>> {
        let length = rest.iter().position(|byte| *byte == b'"')?;
        let name = core::str::from_utf8(rest.get(..length)?).ok()?;
        if !name.bytes().all(is_plain) {
            return None;
        }
        self.name_of(key(name), self.at.wrapping_add(1), length)
    }

    #[inline]
    fn skip_string(&mut self) -> Option<()> {
        let start = self.at;
        match self.pass_string()? {
            StringKind::Ascii | StringKind::Escaped { is_ascii: true } => Some(()),
            StringKind::Unescaped | StringKind::Escaped { is_ascii: false } => {
                let json = self.json.get(start..self.at)?;
                core::str::from_utf8(json).ok().map(drop)
            }
        }
    }

    /// Passes over a string and checks its escapes, but not its UTF-8.
    fn pass_string(&mut self) -> Option<StringKind> {
        self.advance(1);
        let mut has_escapes = false;
        let mut is_ascii = true;
        loop {
            is_ascii &= self.pass_plain_characters();
            match self.json.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.escape()?;
                }
                _ => return None, // a control character
            }
        }
        self.advance(1);
        Some(match (has_escapes, is_ascii) {
            (true, is_ascii) => StringKind::Escaped { is_ascii },
            (false, true) => StringKind::Ascii,
            (false, false) => StringKind::Unescaped,
        })
    }

    /// Passes over characters that stand for themselves. Returns whether all of
    /// them are ASCII.
    #[inline]
    fn pass_plain_characters(&mut self) -> bool {
        let Some(mut rest) = self.json.get(self.at..) else {
            return true;
        };
        let mut seen = 0;
        while let Some((word, behind)) = rest.split_first_chunk() {
            let word = u64::from_le_bytes(*word);
            let end = string_ends(word);
            if end != 0 {
                // The bytes before the lowest mark.
                seen |= word & (end.wrapping_sub(1) & !end);
                let length = end.trailing_zeros() as usize / 8;
                self.at = self
                    .json
                    .len()
                    .wrapping_sub(rest.len())
                    .wrapping_add(length);
                return seen & all(0x80) == 0;
            }
            seen |= word;
            rest = behind;
        }
        while let Some((byte @ (b' '..=b'!' | b'#'..=b'[' | b']'..), behind)) = rest.split_first() {
            seen |= u64::from(*byte);
            rest = behind;
        }
        self.at = self.json.len().wrapping_sub(rest.len());
        seen & all(0x80) == 0
    }

    /// Passes over an escape, or two that form a surrogate pair.
    fn escape(&mut self) -> Option<()> {
        let escape = self.json.get(self.at..)?;
        let length = match escape.get(1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => match code_unit(escape)? {
                0xd800..0xdc00 => {
                    let second = code_unit(escape.get(6..)?)?;
                    (0xdc00..=0xdfff).contains(&second).then_some(12)?
                }
                0xdc00..=0xdfff => return None,
                _ => 6,
            },
            _ => return None,
        };
        self.advance(length);
        Some(())
    }

    /// Passes over a number.
    fn number(&mut self) -> Option<()> {
        if self.json.get(self.at) == Some(&b'-') {
            self.advance(1);
        }
        match self.json.get(self.at)? {
            b'0' => self.advance(1),
            _ => self.digits()?,
        }
        if self.json.get(self.at) == Some(&b'.') {
            self.advance(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.json.get(self.at) {
            self.advance(1);
            if let Some(b'+' | b'-') = self.json.get(self.at) {
                self.advance(1);
            }
            self.digits()?;
        }
        Some(())
    }

    /// Passes over one or more digits.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.json.get(self.at) {
            self.advance(1);
        }
        (self.at > start).then_some(())
    }
}

/// Whether a byte of a name is ASCII and stands for itself.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

/// Marks the bytes of a word that end a run of plain characters: a quote, a
/// backslash, a control character. Only the lowest mark is reliable.
#[inline]
fn string_ends(word: u64) -> u64 {
    (is(word, b'"') | is(word, b'\\') | below(word, b' ')) & !word & all(0x80)
}

/// The code unit of an escape such as `\\u00e9` at the start of the text.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0_u16, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests;
