//! The JSON documents of an event or of a body: usually one. Some relays put
//! several into one event, drop the empty lines between events, or repeat the
//! field name in the data.

use super::chunk::Chunk;

/// What some relays repeat before the data.
const FIELD_NAME: &str = "data:";

/// Reads documents one after another.
pub(super) struct Documents<'a> {
    rest: &'a str,
}

/// A document.
pub(super) enum Document<'a> {
    /// A chunk and its JSON.
    Chunk(Box<Chunk<'a>>, &'a str),
    /// `[DONE]`: nothing follows.
    EndMark,
}

/// Why a document cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UnreadableDocument {
    /// The text ends within it.
    Truncated,
    /// It is not JSON, or not a chunk.
    Malformed,
}

impl<'a> Documents<'a> {
    /// The documents of a text.
    pub(super) fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The next document; `None` at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<Document<'a>>, UnreadableDocument> {
        let mut text = self.rest.trim_ascii();
        while let Some(data) = text.strip_prefix(FIELD_NAME) {
            text = data.trim_ascii();
        }
        self.rest = "";
        if text.is_empty() {
            return Ok(None);
        }
        if is_end_mark(text.as_bytes()) {
            return Ok(Some(Document::EndMark));
        }
        let mut documents = serde_json::Deserializer::from_str(text).into_iter();
        match documents.next() {
            Some(Ok(chunk)) => {
                let (json, rest) = text
                    .split_at_checked(documents.byte_offset())
                    .unwrap_or((text, ""));
                self.rest = rest;
                Ok(Some(Document::Chunk(Box::new(chunk), json)))
            }
            Some(Err(error)) if error.is_eof() => Err(UnreadableDocument::Truncated),
            Some(Err(_)) => Err(UnreadableDocument::Malformed),
            None => Ok(None),
        }
    }
}

/// The data of an event without the additions of relays.
pub(super) fn payload(data: &[u8]) -> &[u8] {
    let mut data = data.trim_ascii();
    while let Some(rest) = data.strip_prefix(FIELD_NAME.as_bytes()) {
        data = rest.trim_ascii();
    }
    data
}

/// Whether the data is the mark at the end of a stream.
pub(super) fn is_end_mark(data: &[u8]) -> bool {
    data.starts_with(b"[DONE]") || data == b"\"[DONE]\""
}
