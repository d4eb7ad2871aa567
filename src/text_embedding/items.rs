//! The items of a reply's list, taken out of its bytes as they come, so that
//! no more than one of them is held at a time: a reply with 2,048 vectors is
//! tens of megabytes, most of them the digits of numbers.
//!
//! An item is an object that stands in an array. What is left of the document
//! is its shell, in which a 0 stands for each item that was taken:
//!
//! ```json
//! {"object":"list","data":[0,0,0],"usage":{"total_tokens":12}}
//! ```

use memchr::{memchr2, memchr3};

use crate::error::Error;

/// Largest item, in bytes: a vector of 65,536 numbers of 30 digits.
const MAX_ITEM_BYTES: usize = 2 << 20;
/// Largest shell, in bytes. That of a reply with 2,048 items is 5 KB.
const MAX_SHELL_BYTES: usize = 64 << 10;
/// Deepest nesting of the shell.
const MAX_DEPTH: usize = 32;

/// Splits a document into items and shell.
#[derive(Default)]
pub(super) struct Splitter {
    shell: Vec<u8>,
    /// The brackets that are open in the shell, outermost first.
    open: Vec<u8>,
    /// The item that is being taken, as far as earlier pieces had it.
    item: Vec<u8>,
    place: Place,
    text: Text,
}

/// Where the next byte belongs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Shell,
    /// With the number of objects that are open, the item included; 0 before
    /// its own bracket.
    Item(usize),
}

/// Whether a byte is part of a text, where brackets mean nothing.
#[derive(Clone, Copy, Default)]
enum Text {
    #[default]
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

impl Text {
    /// What the byte behind this one is.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Outside, b'"') | (Self::Escaped, _) => Self::Inside,
            (Self::Inside, b'\\') => Self::Escaped,
            (Self::Inside, b'"') => Self::Outside,
            (Self::Outside | Self::Inside, _) => self,
        }
    }
}

/// What becomes of an item.
pub(super) enum Verdict {
    /// It is one that was waited for.
    Taken,
    /// It stays in the shell: part of an error's description, for instance.
    Left,
}

impl Splitter {
    /// Takes more of the document, and hands on the items that it completes.
    /// The time is in proportion to the number of bytes, however they come.
    ///
    /// # Errors
    ///
    /// That of `take`; `protocol` for a part larger than any reply's.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<Verdict, Error>,
    ) -> Result<(), Error> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = match self.place {
                Place::Shell => self.scan_shell(rest)?,
                Place::Item(open) => self.scan_item(open, rest, take)?,
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(())
    }

    /// Whether the document has ended where it can.
    pub(super) fn is_whole(&self) -> bool {
        self.place == Place::Shell && self.open.is_empty() && matches!(self.text, Text::Outside)
    }

    /// What is left of the document.
    pub(super) fn shell(&self) -> &[u8] {
        &self.shell
    }

    /// Reads on in the shell, up to an item's bracket. Returns the number of
    /// bytes that were read.
    fn scan_shell(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let mut length = bytes.len();
        for (at, byte) in bytes.iter().enumerate() {
            let text = self.text;
            self.text = text.after(*byte);
            if !matches!(text, Text::Outside) {
                continue;
            }
            match byte {
                b'{' if self.open.last() == Some(&b'[') => {
                    self.place = Place::Item(0);
                    length = at;
                    break;
                }
                b'{' | b'[' if self.open.len() == MAX_DEPTH => return Err(too_large()),
                b'{' | b'[' => self.open.push(*byte),
                b'}' | b']' => _ = self.open.pop(),
                _ => {}
            }
        }
        let read = bytes.get(..length).unwrap_or_default();
        extend(&mut self.shell, read, MAX_SHELL_BYTES)?;
        Ok(length)
    }

    /// Reads on in an item of which so many objects are open, up to its end,
    /// and hands it on. Returns the number of bytes that were read.
    fn scan_item(
        &mut self,
        open: usize,
        bytes: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<Verdict, Error>,
    ) -> Result<usize, Error> {
        let (length, open) = self.find_end(open, bytes);
        let read = bytes.get(..length).unwrap_or_default();
        if open > 0 {
            self.place = Place::Item(open);
            extend(&mut self.item, read, MAX_ITEM_BYTES)?;
            return Ok(length);
        }
        self.place = Place::Shell;
        let mut start = core::mem::take(&mut self.item);
        // An item in one piece, as most are, is not copied.
        let item = if start.is_empty() {
            read
        } else {
            extend(&mut start, read, MAX_ITEM_BYTES)?;
            &start
        };
        let left = match take(item)? {
            Verdict::Taken => b"0",
            Verdict::Left => item,
        };
        extend(&mut self.shell, left, MAX_SHELL_BYTES)?;
        start.clear();
        self.item = start;
        Ok(length)
    }

    /// How far an item goes on, and how many of its objects are open there.
    fn find_end(&mut self, open: usize, bytes: &[u8]) -> (usize, usize) {
        let (mut length, mut open) = (0_usize, open);
        while let Some(rest) = bytes.get(length..) {
            let found = match self.text {
                Text::Outside => memchr3(b'"', b'{', b'}', rest),
                Text::Inside => memchr2(b'"', b'\\', rest),
                Text::Escaped => (!rest.is_empty()).then_some(0),
            };
            let Some((at, byte)) = found.and_then(|at| Some((at, *rest.get(at)?))) else {
                break;
            };
            length = length.saturating_add(at).saturating_add(1);
            match (self.text, byte) {
                (Text::Outside, b'{') => open = open.saturating_add(1),
                (Text::Outside, b'}') => open = open.saturating_sub(1),
                _ => {}
            }
            self.text = self.text.after(byte);
            if open == 0 {
                return (length, open);
            }
        }
        (bytes.len(), open)
    }
}

fn extend(part: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Result<(), Error> {
    if part.len().saturating_add(bytes.len()) > limit {
        return Err(too_large());
    }
    part.extend_from_slice(bytes);
    Ok(())
}

fn too_large() -> Error {
    Error::protocol("the reply holds something that is too large for a list of vectors")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The items that are objects with an `e`, and the shell.
    fn split(pieces: &[&[u8]]) -> Result<(Vec<String>, String, bool), Error> {
        let mut splitter = Splitter::default();
        let mut items = Vec::new();
        for piece in pieces {
            splitter.push(piece, &mut |item| {
                let item = String::from_utf8_lossy(item).into_owned();
                if !item.contains("\"e\"") {
                    return Ok(Verdict::Left);
                }
                items.push(item);
                Ok(Verdict::Taken)
            })?;
        }
        let shell = String::from_utf8_lossy(splitter.shell()).into_owned();
        Ok((items, shell, splitter.is_whole()))
    }

    const REPLY: &str =
        r#"{"a":"[{\"","data":[{"e":[1,2],"o":{"}":"\\"}}, {"e":"\"}{"}],"d":[{"x":1}]} "#;

    #[test]
    fn items_are_taken_out_and_the_rest_is_a_document() {
        let (items, shell, is_whole) = split(&[REPLY.as_bytes()]).unwrap();
        assert_eq!(items, [r#"{"e":[1,2],"o":{"}":"\\"}}"#, r#"{"e":"\"}{"}"#]);
        assert_eq!(shell, r#"{"a":"[{\"","data":[0, 0],"d":[{"x":1}]} "#);
        assert!(is_whole);
    }

    #[test]
    fn a_document_that_is_cut_off_is_not_whole() {
        for end in 0..REPLY.len() - 2 {
            let (_, shell, is_whole) = split(&[&REPLY.as_bytes()[..end]]).unwrap();
            assert!(!is_whole || shell.is_empty(), "{end}: {shell}");
        }
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_an_error() {
        let deep = "[".repeat(MAX_DEPTH + 1);
        let long_shell = format!("[{}", "1,".repeat(MAX_SHELL_BYTES));
        let long_item = format!("[{{\"e\":[{}", "1,".repeat(MAX_ITEM_BYTES));
        for document in [deep, long_shell, long_item] {
            assert!(split(&[document.as_bytes()]).is_err());
        }
    }

    proptest! {
        #[test]
        fn the_pieces_do_not_matter(cuts in proptest::collection::vec(0..REPLY.len(), 0..6)) {
            let mut cuts = cuts;
            cuts.extend([0, REPLY.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts
                .windows(2)
                .map(|ends| &REPLY.as_bytes()[ends[0]..ends[1]])
                .collect();
            let (items, shell, is_whole) = split(&pieces).unwrap();
            let whole = split(&[REPLY.as_bytes()]).unwrap();
            prop_assert_eq!((items, shell, is_whole), whole);
        }

        #[test]
        fn no_bytes_make_it_fail_otherwise_than_by_an_error(bytes: Vec<u8>) {
            let _ = split(&[&bytes]);
        }
    }
}
