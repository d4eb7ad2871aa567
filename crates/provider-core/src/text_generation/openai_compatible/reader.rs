//! Reads events from a response body, pushed in chunks.
//!
//! The first non-whitespace byte after a byte order mark decides the framing: a
//! brace begins a JSON document, whatever the request and the content type;
//! anything else is a stream of server-sent events. How the network cuts the
//! body changes nothing.
//!
//! An answer is complete once a finish reason or the end mark (`[DONE]`) was
//! read. A response that ends without either is truncated and an error, never a
//! shorter answer.

use super::answer::{Phase, ReaderOptions};
use super::event_reader::EventReader;
use crate::error::Error;
use crate::http::ResponseHead;
use crate::response::ResponseMetadata;
use crate::secret::Secrets;
use crate::text_generation::Event;
use wire::sse::{Decoder, EventTooLarge, MAX_EVENT_BYTES};

/// Largest JSON document, in bytes: the same as for an event.
const MAX_DOCUMENT_BYTES: usize = MAX_EVENT_BYTES;

/// Reads one response.
pub struct Reader {
    framing: Framing,
    reader: EventReader,
}

enum Framing {
    /// Only whitespace was received, or a part of a byte order mark.
    Undecided(Start),
    EventStream(Decoder),
    Document(Vec<u8>),
}

/// The start of a body whose framing is not known. The decoder reads the bytes
/// as well: they are no event, but belong to its first line.
#[derive(Default)]
struct Start {
    decoder: Decoder,
    /// Number of bytes of a byte order mark that were received.
    mark_bytes: usize,
    /// Other bytes were received.
    is_past_mark: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a body ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyEnd {
    /// The body is complete.
    Complete,
    /// The transport failed before the end of the body.
    Broken(Error),
}

impl Reader {
    /// A reader for the body of the response with this head.
    #[must_use]
    pub fn new(head: ResponseHead, secrets: Secrets, wanted: ReaderOptions) -> Self {
        Self {
            framing: Framing::default(),
            reader: EventReader::new(head, secrets, wanted),
        }
    }

    /// The metadata so far, with secrets masked.
    #[must_use]
    pub fn info(&self) -> &ResponseMetadata {
        &self.reader.info
    }

    /// Whether the last event was returned. The rest of the body is irrelevant.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.reader.phase() == Phase::Ended
    }

    /// Number of buffered bytes: the start of an event or a document.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        match &self.framing {
            Framing::Undecided(_) => 0,
            Framing::EventStream(decoder) => decoder.buffered_bytes(),
            Framing::Document(document) => document.len(),
        }
    }

    /// Whether the finish reason was read, so that only usage and the end mark
    /// can follow.
    #[must_use]
    pub fn has_finished(&self) -> bool {
        matches!(self.reader.phase(), Phase::Finished | Phase::Ended)
    }

    /// Reads a chunk of the body and appends the events that it completes.
    ///
    /// # Errors
    ///
    /// The server's own error, or `protocol`. The reader must not be used
    /// afterwards.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        if self.has_ended() {
            return Ok(());
        }
        let mut rest = bytes;
        self.decide(&mut rest)?;
        self.reader.note_start(bytes, rest);
        match &mut self.framing {
            Framing::Undecided(_) => Ok(()),
            Framing::EventStream(decoder) => loop {
                let before = rest;
                let event = decoder.next(&mut rest)?;
                self.reader.note_start(before, rest);
                match event {
                    Some(event) => self.reader.take_event(event, events)?,
                    None => return Ok(()),
                }
            },
            Framing::Document(document) => {
                if document.len().saturating_add(rest.len()) > MAX_DOCUMENT_BYTES {
                    return Err(Error::protocol(format!(
                        "the response exceeds the limit of {MAX_DOCUMENT_BYTES} bytes"
                    )));
                }
                document.extend_from_slice(rest);
                self.reader.note_start(rest, &[]);
                Ok(())
            }
        }
    }

    /// Consumes bytes before the framing is known, up to the one that decides.
    fn decide(&mut self, bytes: &mut &[u8]) -> Result<(), Error> {
        let Framing::Undecided(start) = &mut self.framing else {
            return Ok(());
        };
        while let Some((first, behind)) = bytes.split_first() {
            if !start.is_past_mark && BYTE_ORDER_MARK.get(start.mark_bytes) == Some(first) {
                start.mark_bytes = start.mark_bytes.saturating_add(1);
            } else if first.is_ascii_whitespace() && start.mark_is_complete() {
                start.is_past_mark = true;
            } else {
                let is_document = matches!(first, b'{' | b'[' | b'<') && start.mark_is_complete();
                self.framing = if is_document {
                    Framing::Document(Vec::new())
                } else {
                    Framing::EventStream(core::mem::take(&mut start.decoder))
                };
                return Ok(());
            }
            let (mut byte, _) = bytes.split_at(1);
            start.decoder.next(&mut byte)?;
            *bytes = behind;
        }
        Ok(())
    }

    /// Ends the body and appends the last events.
    ///
    /// # Errors
    ///
    /// As for [`Reader::push`]; and `protocol`, or the transport's own error,
    /// if the answer is not complete.
    pub fn end(&mut self, end: BodyEnd, events: &mut Vec<Event>) -> Result<(), Error> {
        if self.has_ended() {
            return Ok(());
        }
        match (core::mem::take(&mut self.framing), end) {
            // A truncated event adds nothing to an answer that has its finish
            // reason.
            (_, BodyEnd::Broken(error)) if !self.has_finished() => {
                return Err(self.reader.attributed(error));
            }
            (Framing::Undecided(_), _) => {
                return Err(self.reader.protocol_error("the response is empty"));
            }
            (Framing::EventStream(_), BodyEnd::Broken(_)) => {}
            (Framing::EventStream(mut decoder), BodyEnd::Complete) => {
                if let Some(event) = decoder.last()? {
                    self.reader.take_event(event, events)?;
                }
            }
            (Framing::Document(document), _) => self.reader.take_body(&document, events)?,
        }
        self.reader.end(events)
    }
}

impl From<EventTooLarge> for Error {
    fn from(_: EventTooLarge) -> Self {
        Self::protocol(format!(
            "an event of the response exceeds the limit of {MAX_EVENT_BYTES} bytes"
        ))
    }
}

impl Default for Framing {
    fn default() -> Self {
        Self::Undecided(Start::default())
    }
}

impl Start {
    /// Whether no part of a byte order mark is missing.
    fn mark_is_complete(&self) -> bool {
        self.mark_bytes == 0 || self.mark_bytes == BYTE_ORDER_MARK.len()
    }
}

#[cfg(test)]
mod tests;
