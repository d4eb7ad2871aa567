//! A JSON document (RFC 8259) read from its first byte to its last, in one
//! pass and without a tree. Whoever reads says at each value what it should
//! be:
//!
//! ```
//! # use wire::json::{ParseError, PullParser};
//! # fn main() -> Result<(), ParseError> {
//! let mut json = PullParser::new(br#"{"list":[1,true],"name":"x"}"#)?;
//! json.open_object()?;
//! while let Some(name) = json.member()? {
//!     match &*name {
//!         "name" => assert_eq!(json.string()?, "x"),
//!         _ => json.skip()?,
//!     }
//! }
//! json.end()
//! # }
//! ```
//!
//! It is written by hand since `serde_json` makes code anew for every type
//! that is read, which is most of what a small component would consist of.

use std::borrow::Cow;

use super::escape::{plain_length, unescaped};
use super::number::Number;
use super::parse_error::ParseError;
use super::value::Value;

/// Deepest nesting: that of `serde_json`.
const MAX_DEPTH: u8 = 127;

/// Reads one document, or several behind each other.
pub struct PullParser<'a> {
    text: &'a str,
    /// Where the next byte stands.
    at: usize,
    /// How many objects and arrays are open.
    depth: u8,
    /// Nothing has been read of the object or array opened last.
    is_fresh: bool,
}

impl<'a> PullParser<'a> {
    /// At the start of a document.
    ///
    /// # Errors
    ///
    /// If it is not UTF-8.
    pub fn new(json: &'a [u8]) -> Result<Self, ParseError> {
        match core::str::from_utf8(json) {
            Ok(text) => Ok(Self::of_text(text)),
            Err(error) if error.error_len().is_none() => Err(ParseError::Truncated),
            Err(_) => Err(ParseError::Malformed),
        }
    }

    /// At the start of a document.
    #[must_use]
    pub fn of_text(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            is_fresh: false,
        }
    }

    /// How many bytes have been read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether nothing but blanks is left.
    pub fn is_at_end(&mut self) -> bool {
        self.peek().is_err()
    }

    /// The end of the document, if it is here.
    ///
    /// # Errors
    ///
    /// If something follows.
    pub fn end(&mut self) -> Result<(), ParseError> {
        match self.peek() {
            Ok(_) => Err(ParseError::Malformed),
            Err(_) => Ok(()),
        }
    }

    /// The first byte of what comes next, which shows what it is.
    ///
    /// # Errors
    ///
    /// If nothing comes.
    pub fn peek(&mut self) -> Result<u8, ParseError> {
        loop {
            match self.next_byte()? {
                b' ' | b'\n' | b'\t' | b'\r' => self.advance(1),
                byte => return Ok(byte),
            }
        }
    }

    /// Goes into an object, whose members are next.
    ///
    /// # Errors
    ///
    /// If there is none, or too many are open.
    pub fn open_object(&mut self) -> Result<(), ParseError> {
        self.open(b'{')
    }

    /// Goes into an array, whose items are next.
    ///
    /// # Errors
    ///
    /// If there is none, or too many are open.
    pub fn open_array(&mut self) -> Result<(), ParseError> {
        self.open(b'[')
    }

    /// The name of the next member, whose value is to be read; none at the
    /// end of the object.
    ///
    /// # Errors
    ///
    /// If there is neither.
    pub fn member(&mut self) -> Result<Option<Cow<'a, str>>, ParseError> {
        if !self.goes_on(b'}')? {
            return Ok(None);
        }
        self.peek()?;
        let name = self.string()?;
        self.take(b':')?;
        Ok(Some(name))
    }

    /// The members of these names of an object, each as it stands: of two of
    /// one name the last, none where there is none, or null. Null is an object
    /// without members.
    ///
    /// # Errors
    ///
    /// If there is neither an object nor null.
    pub fn members<const N: usize>(
        &mut self,
        names: [&str; N],
    ) -> Result<[Option<Value<'a>>; N], ParseError> {
        self.members_around(names, "", &mut Self::skip)
    }

    /// The members of these names beside the one in the `middle`, most of the
    /// object, which is read as it comes rather than passed over first.
    ///
    /// # Errors
    ///
    /// As for [`PullParser::members`]; and those of `read`.
    pub fn members_around<const N: usize>(
        &mut self,
        names: [&str; N],
        middle: &str,
        read: &mut dyn FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<[Option<Value<'a>>; N], ParseError> {
        let mut values = [None; N];
        self.read_members(&names, &mut values, middle, read)?;
        Ok(values)
    }

    #[inline(never)]
    fn read_members(
        &mut self,
        names: &[&str],
        values: &mut [Option<Value<'a>>],
        middle: &str,
        read: &mut dyn FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if self.takes_null()? {
            return Ok(());
        }
        self.open_object()?;
        while let Some(name) = self.member()? {
            if name == middle {
                read(self)?;
                continue;
            }
            let place = names.iter().position(|wanted| *wanted == name);
            match place.and_then(|place| values.get_mut(place)) {
                Some(value) => *value = self.value()?.unless_null(),
                None => self.skip()?,
            }
        }
        Ok(())
    }

    /// Whether there is another item, which is to be read; if not, the array
    /// has ended.
    ///
    /// # Errors
    ///
    /// If neither is so.
    pub fn item(&mut self) -> Result<bool, ParseError> {
        self.goes_on(b']')
    }

    /// A text, borrowed from the document where it holds no escapes.
    ///
    /// # Errors
    ///
    /// If there is none, or an escape in it is half of a surrogate pair.
    pub fn string(&mut self) -> Result<Cow<'a, str>, ParseError> {
        let (text, has_escapes) = self.skip_string()?;
        if has_escapes {
            unescaped(text).map(Cow::Owned).ok_or(ParseError::Malformed)
        } else {
            Ok(Cow::Borrowed(text))
        }
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn number(&mut self) -> Result<Number, ParseError> {
        self.peek()?;
        Number::read(self.text.as_bytes(), &mut self.at)
    }

    /// Whether null is next, which then has been read.
    ///
    /// # Errors
    ///
    /// If nothing comes, or something like null.
    pub fn takes_null(&mut self) -> Result<bool, ParseError> {
        let is_null = self.peek()? == b'n';
        if is_null {
            self.word("null")?;
        }
        Ok(is_null)
    }

    /// A value as it stands.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn value(&mut self) -> Result<Value<'a>, ParseError> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        Ok(Value::new(
            self.text.get(start..self.at).unwrap_or_default(),
        ))
    }

    /// Passes over a value.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn skip(&mut self) -> Result<(), ParseError> {
        match self.peek()? {
            b'{' => {
                self.open_object()?;
                while self.goes_on(b'}')? {
                    self.skip_string()?;
                    self.take(b':')?;
                    self.skip()?;
                }
                Ok(())
            }
            b'[' => {
                self.open_array()?;
                while self.goes_on(b']')? {
                    self.skip()?;
                }
                Ok(())
            }
            b'"' => self.skip_string().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number().map(drop),
        }
    }

    fn open(&mut self, bracket: u8) -> Result<(), ParseError> {
        self.take(bracket)?;
        if self.depth == MAX_DEPTH {
            return Err(ParseError::Malformed);
        }
        self.depth = self.depth.saturating_add(1);
        self.is_fresh = true;
        Ok(())
    }

    /// Reads the comma before a member or an item, or the bracket behind the
    /// last.
    fn goes_on(&mut self, bracket: u8) -> Result<bool, ParseError> {
        let is_first = core::mem::take(&mut self.is_fresh);
        let byte = self.peek()?;
        if byte == bracket {
            self.advance(1);
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if byte != b',' {
            return Err(ParseError::Malformed);
        }
        self.advance(1);
        Ok(true)
    }

    /// A text as it stands between its quotes, and whether it holds escapes.
    fn skip_string(&mut self) -> Result<(&'a str, bool), ParseError> {
        self.take(b'"')?;
        let start = self.at;
        let mut has_escapes = false;
        loop {
            self.advance(plain_length(self.rest()));
            match self.next_byte()? {
                b'"' => break,
                b'\\' => self.skip_escape()?,
                _ => return Err(ParseError::Malformed),
            }
            has_escapes = true;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.advance(1);
        Ok((text, has_escapes))
    }

    fn skip_escape(&mut self) -> Result<(), ParseError> {
        self.advance(1);
        let letter = self.next_byte()?;
        self.advance(1);
        match letter {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
            b'u' => {
                for _ in 0..4 {
                    if !self.next_byte()?.is_ascii_hexdigit() {
                        return Err(ParseError::Malformed);
                    }
                    self.advance(1);
                }
            }
            _ => return Err(ParseError::Malformed),
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), ParseError> {
        for expected in word.bytes() {
            if self.next_byte()? != expected {
                return Err(ParseError::Malformed);
            }
            self.advance(1);
        }
        Ok(())
    }

    /// Reads a byte with the blanks before it.
    fn take(&mut self, expected: u8) -> Result<(), ParseError> {
        if self.peek()? != expected {
            return Err(ParseError::Malformed);
        }
        self.advance(1);
        Ok(())
    }

    fn next_byte(&self) -> Result<u8, ParseError> {
        let byte = self.text.as_bytes().get(self.at);
        byte.copied().ok_or(ParseError::Truncated)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }
}

#[cfg(test)]
mod tests;
