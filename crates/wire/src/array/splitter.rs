//! Splits the items of arrays from a document in chunks, so that only one item
//! is buffered at a time: a response with 2,048 vectors is tens of megabytes,
//! most of them digits.
//!
//! An item is an object in an array at a known place. The rest of the document
//! is its skeleton, in which `{}` stands for each removed item:
//!
//! ```json
//! {"object":"list","data":[{},{},{}],"usage":{"total_tokens":12}}
//! ```
//!
//! The document is valid JSON if the skeleton and every removed item are: an
//! item ends with its bracket, and where it stood, an empty object is valid or
//! invalid alike.

use core::ops::Range;

use crate::swar::{self, is};

/// Largest item, in bytes: a vector of 65,536 numbers of 30 digits.
const MAX_ITEM_BYTES: usize = 2 << 20;
/// Largest skeleton, in bytes. That of a response with 2,048 items is 5 KB.
const MAX_SKELETON_BYTES: usize = 64 << 10;
/// Deepest nesting of the skeleton.
const MAX_DEPTH: usize = 32;

/// An item or the skeleton exceeds its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartTooLarge;

/// Where an array stands: the names of the members that lead to it. The empty
/// path is the document itself.
pub type Path = &'static [&'static str];

/// Splits a document into items and skeleton.
pub struct ArraySplitter {
    paths: &'static [Path],
    skeleton: Vec<u8>,
    /// The open containers of the skeleton, outermost first.
    open: Vec<Container>,
    /// The last string of the skeleton, without its quotes.
    last_string: Range<usize>,
    /// The current item, as far as received.
    item: Vec<u8>,
    scope: Scope,
    string: StringState,
}

/// An open object or array.
struct Container {
    is_object: bool,
    /// Its objects are items.
    has_items: bool,
    /// The name of the member, if it is in an object: a part of the skeleton.
    name: Option<Range<usize>>,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Scope {
    #[default]
    Skeleton,
    /// An item, with the number of its open objects; 0 before its own bracket.
    Item(usize),
}

/// Whether a byte is part of a string, where brackets have no meaning.
#[derive(Clone, Copy, Default)]
enum StringState {
    #[default]
    Outside,
    Inside,
    /// After a backslash.
    Escaped,
}

impl StringState {
    /// The state after this byte.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Outside, b'"') | (Self::Escaped, _) => Self::Inside,
            (Self::Inside, b'\\') => Self::Escaped,
            (Self::Inside, b'"') => Self::Outside,
            (Self::Outside | Self::Inside, _) => self,
        }
    }
}

/// What to do with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Remove it from the document.
    Taken,
    /// Keep it in the skeleton: it may be part of an error description.
    Left,
}

impl ArraySplitter {
    /// A splitter for the arrays at these paths.
    #[must_use]
    pub fn new(paths: &'static [Path]) -> Self {
        Self {
            paths,
            skeleton: Vec::new(),
            open: Vec::new(),
            last_string: 0..0,
            item: Vec::new(),
            scope: Scope::default(),
            string: StringState::default(),
        }
    }

    /// Consumes bytes up to the end of the next item; false if all bytes were
    /// consumed and no item has ended. The time is linear in the number of
    /// bytes, for any chunks.
    ///
    /// # Errors
    ///
    /// [`PartTooLarge`], after which the splitter must not be used again.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<bool, PartTooLarge> {
        while !bytes.is_empty() {
            let scope = self.scope;
            let length = match scope {
                Scope::Skeleton => self.scan_skeleton(bytes)?,
                Scope::Item(open) => self.scan_item(open, bytes)?,
            };
            *bytes = bytes.get(length..).unwrap_or_default();
            if scope != Scope::Skeleton && self.scope == Scope::Skeleton {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The last complete item.
    #[must_use]
    pub fn item(&self) -> &[u8] {
        &self.item
    }

    /// Decides about the last item, before more bytes are consumed.
    ///
    /// # Errors
    ///
    /// As for [`ArraySplitter::next`].
    pub fn resolve(&mut self, disposition: Disposition) -> Result<(), PartTooLarge> {
        let left: &[u8] = match disposition {
            Disposition::Taken => b"{}",
            Disposition::Left => &self.item,
        };
        extend(&mut self.skeleton, left, MAX_SKELETON_BYTES)?;
        self.item.clear();
        Ok(())
    }

    /// Whether the document may end here.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.scope == Scope::Skeleton
            && self.open.is_empty()
            && matches!(self.string, StringState::Outside)
    }

    /// The rest of the document.
    #[must_use]
    pub fn skeleton(&self) -> &[u8] {
        &self.skeleton
    }

    /// Reads the skeleton, up to an item. Returns the number of bytes read.
    fn scan_skeleton(&mut self, bytes: &[u8]) -> Result<usize, PartTooLarge> {
        for (at, byte) in bytes.iter().enumerate() {
            let is_outside = matches!(self.string, StringState::Outside);
            if is_outside && *byte == b'{' && self.open.last().is_some_and(|open| open.has_items) {
                self.scope = Scope::Item(0);
                return Ok(at);
            }
            let before = self.string;
            self.string = before.after(*byte);
            let end = self.skeleton.len();
            match (before, self.string) {
                (StringState::Outside, StringState::Inside) => {
                    self.last_string = end.saturating_add(1)..end;
                }
                (StringState::Inside, StringState::Outside) => self.last_string.end = end,
                (StringState::Outside, _) => self.open_or_close(*byte)?,
                (StringState::Inside | StringState::Escaped, _) => {}
            }
            extend(&mut self.skeleton, &[*byte], MAX_SKELETON_BYTES)?;
        }
        Ok(bytes.len())
    }

    /// Notes a bracket of the skeleton.
    fn open_or_close(&mut self, byte: u8) -> Result<(), PartTooLarge> {
        match byte {
            b'{' | b'[' if self.open.len() == MAX_DEPTH => Err(PartTooLarge),
            b'{' | b'[' => {
                let is_member = self.open.last().is_some_and(|open| open.is_object);
                let name = is_member.then(|| self.last_string.clone());
                let is_object = byte == b'{';
                self.open.push(Container {
                    is_object,
                    has_items: false,
                    name,
                });
                let has_items = !is_object && self.paths.iter().any(|path| self.is_at(path));
                if let Some(opened) = self.open.last_mut() {
                    opened.has_items = has_items;
                }
                Ok(())
            }
            b'}' | b']' => {
                self.open.pop();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether the path of the innermost container is this one. Names with
    /// escapes differ from every name of a path.
    fn is_at(&self, path: Path) -> bool {
        let names = self.open.iter().skip(1).map(|open| {
            let name = self.skeleton.get(open.name.clone()?)?;
            str::from_utf8(name).ok()
        });
        names.eq(path.iter().map(|name| Some(*name)))
    }

    /// Reads an item with this number of open objects, up to its end. Returns
    /// the number of bytes read.
    fn scan_item(&mut self, open: usize, bytes: &[u8]) -> Result<usize, PartTooLarge> {
        let (length, open) = self.find_end(open, bytes);
        let read = bytes.get(..length).unwrap_or_default();
        extend(&mut self.item, read, MAX_ITEM_BYTES)?;
        self.scope = if open > 0 {
            Scope::Item(open)
        } else {
            Scope::Skeleton
        };
        Ok(length)
    }

    /// The length of the rest of an item, and the number of objects open after
    /// it.
    fn find_end(&mut self, open: usize, bytes: &[u8]) -> (usize, usize) {
        let (mut length, mut open) = (0_usize, open);
        while let Some(rest) = bytes.get(length..) {
            let found = match self.string {
                StringState::Outside => swar::find(rest, |word| is(word, b'"') | is_brace(word)),
                StringState::Inside => swar::either(rest, b'"', b'\\'),
                StringState::Escaped => (!rest.is_empty()).then_some(0),
            };
            let Some((at, byte)) = found.and_then(|at| Some((at, *rest.get(at)?))) else {
                break;
            };
            length = length.saturating_add(at).saturating_add(1);
            match (self.string, byte) {
                (StringState::Outside, b'{') => open = open.saturating_add(1),
                (StringState::Outside, b'}') => open = open.saturating_sub(1),
                _ => {}
            }
            self.string = self.string.after(byte);
            if open == 0 {
                return (length, open);
            }
        }
        (bytes.len(), open)
    }
}

/// Marks braces, and `y` and delete, which differ from them in two bits and are
/// rare outside of strings.
fn is_brace(word: u64) -> u64 {
    const SAME: u8 = !(b'{' ^ b'}');
    is(word & u64::from_le_bytes([SAME; 8]), b'{' & SAME)
}

fn extend(part: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Result<(), PartTooLarge> {
    if part.len().saturating_add(bytes.len()) > limit {
        return Err(PartTooLarge);
    }
    part.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests;
