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

use super::answer::{Answer, Phase, ReaderOptions};
use super::chunk::Chunk;
use super::dashscope_native::Output;
use super::documents::{Document, Documents, UnreadableDocument, is_end_mark, payload};
use super::fast_chunk;
use super::other_members::OtherMembers;
use super::repair::repaired;
use crate::error::{Error, ErrorKind};
use crate::http::ResponseHead;
use crate::response::error_response::{
    ErrorBody, MAX_SEARCHED_BYTES, error_inside_response, excerpt,
};
use crate::response::{ResponseMetadata, unexpected_response};
use crate::secret::Secrets;
use crate::text_generation::{Event, FinishReason};
use crate::usage::Usage;
use wire::lenient;
use wire::sse::{self, Decoder, EventTooLarge, MAX_EVENT_BYTES};

/// Largest JSON document, in bytes: the same as for an event.
const MAX_DOCUMENT_BYTES: usize = MAX_EVENT_BYTES;

/// Length of the start of the body that is kept for errors, in bytes.
const START_BYTES: usize = MAX_SEARCHED_BYTES;

/// Reads one response.
pub struct Reader {
    head: ResponseHead,
    secrets: Secrets,
    info: ResponseMetadata,
    framing: Framing,
    /// The start of the body, for errors.
    start: Vec<u8>,
    answer: Answer,
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

/// Reads a chunk, given with its JSON.
type TakeChunk = fn(&mut Reader, &mut Chunk<'_>, &[u8], &mut Vec<Event>) -> Result<(), Error>;

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
            info: ResponseMetadata::from_head(&head).masked(&secrets),
            head,
            secrets,
            framing: Framing::Undecided(Start::default()),
            start: Vec::new(),
            answer: Answer::new(wanted),
        }
    }

    /// The metadata so far, with secrets masked.
    #[must_use]
    pub fn info(&self) -> &ResponseMetadata {
        &self.info
    }

    /// Whether the last event was returned. The rest of the body is irrelevant.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.answer.phase == Phase::Ended
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
        matches!(self.answer.phase, Phase::Finished | Phase::Ended)
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
        let received = bytes;
        let mut bytes = bytes;
        self.decide(&mut bytes)?;
        self.note_start(received, bytes);
        match core::mem::take(&mut self.framing) {
            Framing::Undecided(start) => self.framing = Framing::Undecided(start),
            Framing::EventStream(mut decoder) => {
                loop {
                    let received = bytes;
                    let event = decoder.next(&mut bytes)?;
                    self.note_start(received, bytes);
                    match event {
                        Some(event) => self.take_event(event, events)?,
                        None => break,
                    }
                }
                self.framing = Framing::EventStream(decoder);
            }
            Framing::Document(mut document) => {
                if document.len().saturating_add(bytes.len()) > MAX_DOCUMENT_BYTES {
                    return Err(Error::protocol(format!(
                        "the response exceeds the limit of {MAX_DOCUMENT_BYTES} bytes"
                    )));
                }
                document.extend_from_slice(bytes);
                self.note_start(bytes, &[]);
                self.framing = Framing::Document(document);
            }
        }
        Ok(())
    }

    /// Keeps the start of the body: what was received, without the rest that is
    /// not read yet. An error then shows the same bytes however they were cut.
    fn note_start(&mut self, received: &[u8], rest: &[u8]) {
        let room = START_BYTES.saturating_sub(self.start.len());
        if room > 0 {
            let read = received.len().saturating_sub(rest.len());
            self.start.extend(received.iter().take(read.min(room)));
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
            (_, BodyEnd::Broken(error)) if self.answer.phase != Phase::Finished => {
                return Err(unexpected_response::attributed(
                    &self.head,
                    error,
                    &self.secrets,
                ));
            }
            (Framing::Undecided(_), _) => {
                return Err(self.protocol_error("the response is empty"));
            }
            (Framing::EventStream(_), BodyEnd::Broken(_)) => {}
            (Framing::EventStream(mut decoder), BodyEnd::Complete) => {
                if let Some(event) = decoder.last()? {
                    self.take_event(event, events)?;
                }
            }
            (Framing::Document(document), _) => {
                self.take_documents(&document, Self::take_body, events)?;
                if self.answer.phase == Phase::NotStarted
                    && let Some(error_body) = ErrorBody::from_error_object(&document)
                {
                    return Err(error_inside_response(&self.head, error_body, &self.secrets));
                }
            }
        }
        match self.answer.phase {
            Phase::Ended => Ok(()),
            Phase::Finished => self.answer.finish(events),
            Phase::Streaming => Err(self.truncated()),
            Phase::NotStarted => Err(self.protocol_error("the response contains no answer")),
        }
    }

    /// Reads an event. After the finish reason, events that cannot be read are
    /// ignored.
    fn take_event(&mut self, event: sse::Event<'_>, events: &mut Vec<Event>) -> Result<(), Error> {
        match self.read_event(event, events) {
            Err(error)
                if self.answer.phase == Phase::Finished && error.kind == ErrorKind::Protocol =>
            {
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn read_event(&mut self, event: sse::Event<'_>, events: &mut Vec<Event>) -> Result<(), Error> {
        if self.has_ended() {
            return Ok(());
        }
        let data = payload(event.data);
        if data.is_empty() || data.starts_with(b":") {
            return Ok(()); // a keep-alive in the dress of data
        }
        if is_end_mark(data) {
            return self.take_end_mark(events);
        }
        if event.name == b"error" {
            let error_body = ErrorBody::from_body(data);
            return Err(error_inside_response(&self.head, error_body, &self.secrets));
        }
        self.take_documents(data, Self::take_chunk, events)
    }

    /// Reads the JSON documents of an event or of a body; `take` reads each.
    fn take_documents(
        &mut self,
        data: &[u8],
        take: TakeChunk,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let mut chunk = Chunk::default();
        if fast_chunk::read(data, &mut chunk).is_some() {
            return take(self, &mut chunk, data, events);
        }
        let repaired = repaired(data);
        let data = repaired.as_deref().unwrap_or(data);
        // What was not UTF-8 was replaced.
        let mut documents = Documents::of(core::str::from_utf8(data).unwrap_or_default());
        loop {
            match documents.next() {
                Ok(Some(Document::Chunk(mut chunk, json))) => {
                    take(self, &mut chunk, json.as_bytes(), events)?;
                }
                Ok(Some(Document::EndMark)) => return self.take_end_mark(events),
                Ok(None) => return Ok(()),
                Err(UnreadableDocument::Truncated) => return Err(self.truncated()),
                Err(UnreadableDocument::Malformed) => return Err(self.unreadable(data)),
            }
        }
    }

    /// Reads a chunk that is a body. One with a complete answer needs no finish
    /// reason.
    fn take_body(
        &mut self,
        chunk: &mut Chunk<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let is_whole = chunk.is_whole();
        self.take_chunk(chunk, json, events)?;
        if is_whole {
            self.answer.finish_with(FinishReason::Stop);
        }
        Ok(())
    }

    fn take_chunk(
        &mut self,
        chunk: &mut Chunk<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if let Some(error_body) = chunk.failure(json) {
            return Err(error_inside_response(&self.head, error_body, &self.secrets));
        }
        self.info.set_model(&chunk.model, &self.secrets);
        if let Some(usage) = chunk.usage {
            self.answer.note_usage(Usage::from_json(usage));
        }
        if let Some(choice) = &mut chunk.choices.first {
            self.answer.take_choice(choice, json, events)?;
        }
        for choice in &mut chunk.choices.others {
            self.answer.take_choice(choice, json, events)?;
        }
        // An invalid `output` is ignored; the end of the body decides.
        if let Some(output) = chunk.output
            && let Some(output) = lenient::object::<Output<'_>>(output)
        {
            self.answer.take_output(output, json, events)?;
        }
        if !chunk.others.is_empty() {
            self.answer.take_sources(&chunk.others, events);
            self.answer.note_usage(groq_usage(&chunk.others));
        }
        match self.answer.take_failure() {
            Some(reason) => Err(self.failed(reason)),
            None => Ok(()),
        }
    }

    /// The error for a finish reason that says that the generation failed.
    fn failed(&self, reason: String) -> Error {
        let error_body = ErrorBody {
            message: format!("the generation failed with finish reason {reason}"),
            code: Some(reason),
            ..ErrorBody::default()
        };
        error_inside_response(&self.head, error_body, &self.secrets)
    }

    fn take_end_mark(&mut self, events: &mut Vec<Event>) -> Result<(), Error> {
        match self.answer.phase {
            Phase::NotStarted => Err(self.protocol_error("the response contains no answer")),
            Phase::Streaming | Phase::Finished => {
                self.answer.finish_with(FinishReason::Stop);
                self.answer.finish(events)
            }
            Phase::Ended => Ok(()),
        }
    }

    fn truncated(&self) -> Error {
        self.protocol_error("the response ended before the answer was complete")
    }

    fn unreadable(&self, data: &[u8]) -> Error {
        let shown = excerpt(data, &self.secrets);
        self.protocol_error(&format!(
            "the response contains an event that is not a chat completion: {shown}"
        ))
    }

    /// A `protocol` error; before any part of an answer, with the start of the
    /// body.
    fn protocol_error(&self, problem: &str) -> Error {
        if self.answer.phase == Phase::NotStarted {
            unexpected_response::error(&self.head, &self.start, problem, &self.secrets)
        } else {
            unexpected_response::broken(&self.head, problem, &self.secrets)
        }
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

/// Usage as Groq streams it: `{"x_groq":{"usage":{…}}}`.
fn groq_usage(members: &OtherMembers<'_>) -> Option<Usage> {
    let mut usage = None;
    lenient::each_member(members.get("x_groq")?, &mut |name, json| {
        if name == "usage" {
            usage = Usage::from_json(json);
        }
    });
    usage
}

#[cfg(test)]
mod tests;
