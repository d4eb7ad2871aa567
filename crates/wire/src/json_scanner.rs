//! A scanner for JSON documents whose members are known in advance: one pass,
//! values read in place, member names compared as numbers, no allocation except
//! for strings with escapes.
//!
//! It exists beside `serde_json` because the events of a streamed answer are
//! read with it: an event of 237 bytes takes 2.7 × fewer instructions than with
//! `serde_json` into a type of the same members (`cargo bench --bench chunks` in
//! the core; callgrind).
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

/// The number that stands for a name: equal for equal names. Different names of
/// more than eight bytes may share one; see [`Name::is`].
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

    /// Whether this is the name. The key is enough for names of up to eight
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

/// A string between its quotes.
struct Quoted<'a> {
    raw: &'a [u8],
    has_escapes: bool,
    is_ascii: bool,
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
        if self.null()? {
            return Some(Cow::Borrowed(""));
        }
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at;
        let quoted = self.quoted()?;
        if quoted.has_escapes {
            let json = self.json.get(start..self.at)?;
            return serde_json::from_slice(json).ok().map(Cow::Owned);
        }
        core::str::from_utf8(quoted.raw).ok().map(Cow::Borrowed)
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
            Some(b' ' | b'\n' | b'\r' | b'\t') => self.peek_behind_whitespace(),
            byte => byte.copied(),
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
        self.at = self.at.saturating_add(bytes);
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
    #[inline]
    fn name(&mut self) -> Option<Name<'a>> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at.saturating_add(1);
        let quoted = self.quoted()?;
        if quoted.has_escapes || !quoted.is_ascii {
            return None;
        }
        if self.peek()? != b':' {
            return None;
        }
        self.advance(1);
        Some(Name {
            key: self.key_at(start, quoted.raw),
            bytes: quoted.raw,
        })
    }

    /// The key of the name that starts at `start`: its first eight bytes.
    #[inline]
    fn key_at(&self, start: usize, name: &[u8]) -> u64 {
        // A short name near the end of the document.
        let Some(word) = self.json.get(start..).and_then(<[u8]>::first_chunk) else {
            return name
                .iter()
                .rev()
                .fold(0, |key, byte| key << 8 | u64::from(*byte));
        };
        let word = u64::from_le_bytes(*word);
        match u32::try_from(name.len()) {
            Ok(length @ 0..8) => word & !u64::MAX.wrapping_shl(length.saturating_mul(8)),
            _ => word,
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let quoted = self.quoted()?;
        if quoted.is_ascii {
            return Some(());
        }
        core::str::from_utf8(quoted.raw).ok().map(drop)
    }

    /// Passes over a string. Its escapes are checked except for the pairs of
    /// surrogates, its UTF-8 is not.
    #[inline]
    fn quoted(&mut self) -> Option<Quoted<'a>> {
        let start = self.at.saturating_add(1);
        self.at = start;
        let mut has_escapes = false;
        let mut is_ascii = true;
        loop {
            is_ascii &= self.plain_characters();
            match self.json.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.escape()?;
                }
                _ => return None, // a control character
            }
        }
        let raw = self.json.get(start..self.at)?;
        self.advance(1);
        Some(Quoted {
            raw,
            has_escapes,
            is_ascii,
        })
    }

    /// Passes over characters that stand for themselves. Returns whether all of
    /// them are ASCII.
    #[inline]
    fn plain_characters(&mut self) -> bool {
        let mut seen = 0;
        while let Some(word) = self.json.get(self.at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*word);
            let ends = is(word, b'"') | is(word, b'\\') | below(word, b' ');
            let end = ends & !word & all(0x80);
            if end != 0 {
                // The bytes before the lowest mark.
                seen |= word & (end.wrapping_sub(1) & !end);
                self.advance(end.trailing_zeros() as usize / 8);
                return seen & all(0x80) == 0;
            }
            seen |= word;
            self.advance(8);
        }
        while let Some(byte @ (b' '..=b'!' | b'#'..=b'[' | b']'..)) = self.json.get(self.at) {
            seen |= u64::from(*byte);
            self.advance(1);
        }
        seen & all(0x80) == 0
    }

    /// Passes over an escape.
    fn escape(&mut self) -> Option<()> {
        let escape = self.json.get(self.at..)?;
        let length = match escape.get(1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => {
                let digits = escape.get(2..6)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
            }
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

#[cfg(test)]
mod tests;
