//! Reads events from a response body, pushed in chunks.
//!
//! The first non-whitespace byte decides the framing: a brace begins a JSON
//! document, whatever the request and the content type; anything else is a
//! stream of server-sent events.
//!
//! An answer is complete once a finish reason or the end mark (`[DONE]`) was
//! read. A response that ends without either is truncated and an error, never a
//! shorter answer.

use super::answer::{Answer, Phase, ReaderOptions};
use super::chunk::Chunk;
use super::dashscope_native::Output;
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
use wire::json::{ParseError, PullParser};
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
    /// Only whitespace was received.
    Undecided,
    EventStream(Decoder),
    Document(Vec<u8>),
}

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
            framing: Framing::Undecided,
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
            Framing::Undecided => 0,
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
        let room = START_BYTES.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(room));
        if matches!(self.framing, Framing::Undecided) {
            self.framing = decide(&self.start, bytes);
        }
        match core::mem::replace(&mut self.framing, Framing::Undecided) {
            Framing::Undecided => {}
            Framing::EventStream(mut decoder) => {
                let mut bytes = bytes;
                while let Some(event) = decoder.next(&mut bytes)? {
                    self.take_event(event, events)?;
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
                self.framing = Framing::Document(document);
            }
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
        match (
            core::mem::replace(&mut self.framing, Framing::Undecided),
            end,
        ) {
            // A truncated event adds nothing to an answer that has its finish
            // reason.
            (_, BodyEnd::Broken(error)) if self.answer.phase != Phase::Finished => {
                return Err(unexpected_response::attributed(
                    &self.head,
                    error,
                    &self.secrets,
                ));
            }
            (Framing::Undecided, _) => {
                return Err(self.protocol_error("the response is empty"));
            }
            (Framing::EventStream(_), BodyEnd::Broken(_)) => {}
            (Framing::EventStream(mut decoder), BodyEnd::Complete) => {
                if let Some(event) = decoder.last()? {
                    self.take_event(event, events)?;
                }
            }
            (Framing::Document(document), _) => {
                self.take_documents(&document, events)?;
                if self.answer.phase == Phase::NotStarted
                    && let Some(error_body) = ErrorBody::from_error_object(&document)
                {
                    return Err(error_inside_response(&self.head, error_body, &self.secrets));
                }
            }
        }
        match self.answer.phase {
            Phase::Ended => Ok(()),
            Phase::Finished => {
                self.answer.finish(events);
                Ok(())
            }
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
        match chunk(data) {
            Ok(chunk) => self.take_chunk(chunk, data, events),
            Err(ParseError::Truncated) => Err(self.truncated()),
            Err(ParseError::Malformed) => match repaired(data) {
                Some(repaired) => self.take_lines(&repaired, events),
                None => self.take_lines(data, events),
            },
        }
    }

    /// Reads data whose lines are chunks: some relays drop the empty lines
    /// between events.
    fn take_lines(&mut self, data: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        let lines = data
            .split(|byte| *byte == b'\n')
            .map(payload)
            .filter(|line| !line.is_empty());
        for line in lines {
            if is_end_mark(line) {
                return self.take_end_mark(events);
            }
            match chunk(line) {
                Ok(chunk) => self.take_chunk(chunk, line, events)?,
                Err(_) => return Err(self.unreadable(line)),
            }
        }
        Ok(())
    }

    /// Reads a body of one or several JSON documents.
    fn take_documents(&mut self, body: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let body = String::from_utf8_lossy(body);
        let mut documents = PullParser::of_text(&body);
        while !documents.is_at_end() {
            let start = documents.position();
            let chunk = match Chunk::read(&mut documents) {
                Ok(chunk) => chunk,
                Err(ParseError::Truncated) => return Err(self.truncated()),
                Err(ParseError::Malformed) => return Err(self.unreadable(body.as_bytes())),
            };
            let json = body.get(start..documents.position()).unwrap_or_default();
            // A complete document needs no finish reason.
            let is_whole = chunk
                .choices
                .first
                .as_ref()
                .is_some_and(|choice| choice.message.is_some() || !choice.text.is_empty());
            self.take_chunk(chunk, json.as_bytes(), events)?;
            if is_whole {
                self.answer.finish_with(FinishReason::Stop);
            }
        }
        Ok(())
    }

    fn take_chunk(
        &mut self,
        chunk: Chunk<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if let Some(error_body) = chunk.failure(json) {
            return Err(error_inside_response(&self.head, error_body, &self.secrets));
        }
        self.info.set_model(&chunk.model, &self.secrets);
        self.answer
            .note_usage(chunk.usage.and_then(Usage::from_value));
        for choice in chunk.choices.first.into_iter().chain(chunk.choices.others) {
            self.answer.take_choice(choice, json, events)?;
        }
        // An invalid `output` is ignored; the end of the body decides.
        if let Some(output) = chunk.output
            && let Ok(output) = Output::read(output)
        {
            self.answer.take_output(output, json, events)?;
        }
        Ok(())
    }

    fn take_end_mark(&mut self, events: &mut Vec<Event>) -> Result<(), Error> {
        match self.answer.phase {
            Phase::NotStarted => Err(self.protocol_error("the response contains no answer")),
            Phase::Streaming | Phase::Finished => {
                self.answer.finish_with(FinishReason::Stop);
                self.answer.finish(events);
                Ok(())
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

/// Reads a document that is one chunk.
fn chunk(json: &[u8]) -> Result<Chunk<'_>, ParseError> {
    let mut json = PullParser::new(json)?;
    let chunk = Chunk::read(&mut json)?;
    json.end()?;
    Ok(chunk)
}

/// The framing of a body that starts with `start`. `bytes` is the current chunk
/// from its first non-whitespace byte.
fn decide(start: &[u8], bytes: &[u8]) -> Framing {
    let text = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    match text.first().or_else(|| bytes.trim_ascii_start().first()) {
        None => Framing::Undecided,
        Some(b'{' | b'[' | b'<') => Framing::Document(Vec::new()),
        Some(_) => Framing::EventStream(Decoder::default()),
    }
}

/// The data of an event without the additions of relays.
fn payload(data: &[u8]) -> &[u8] {
    let mut data = data.trim_ascii();
    while let Some(rest) = data.strip_prefix(b"data:") {
        data = rest.trim_ascii();
    }
    data
}

fn is_end_mark(data: &[u8]) -> bool {
    data.starts_with(b"[DONE]") || data == b"\"[DONE]\""
}

#[cfg(test)]
mod tests;
