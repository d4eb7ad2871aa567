//! Reads events of a stream and documents into the events of an answer, and
//! says how an answer is wrong.

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
use wire::sse;

/// Length of the start of the body that is kept for errors, in bytes.
const START_BYTES: usize = MAX_SEARCHED_BYTES;

/// Reads the events and documents of one response.
pub(super) struct EventReader {
    head: ResponseHead,
    secrets: Secrets,
    pub(super) info: ResponseMetadata,
    /// The start of the body, for errors.
    start: Vec<u8>,
    answer: Answer,
    /// What the server stated last, in a document without any part of an
    /// answer: why the answer is not complete, if it is not.
    statement: Option<ErrorBody>,
}

/// Reads a chunk, given with its JSON.
type TakeChunk = fn(&mut EventReader, &mut Chunk<'_>, &[u8], &mut Vec<Event>) -> Result<(), Error>;

impl EventReader {
    pub(super) fn new(head: ResponseHead, secrets: Secrets, wanted: ReaderOptions) -> Self {
        Self {
            info: ResponseMetadata::from_head(&head).masked(&secrets),
            head,
            secrets,
            start: Vec::new(),
            answer: Answer::new(wanted),
            statement: None,
        }
    }

    /// How far the answer is.
    pub(super) fn phase(&self) -> Phase {
        self.answer.phase
    }

    /// Keeps the start of the body: what was received, without the rest that is
    /// not read yet. An error then shows the same bytes however they were cut.
    pub(super) fn note_start(&mut self, received: &[u8], rest: &[u8]) {
        let room = START_BYTES.saturating_sub(self.start.len());
        if room > 0 {
            let read = received.len().saturating_sub(rest.len());
            self.start.extend(received.iter().take(read.min(room)));
        }
    }

    /// Reads an event. After the finish reason, events that cannot be read are
    /// ignored.
    pub(super) fn take_event(
        &mut self,
        event: sse::Event<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
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
        if self.phase() == Phase::Ended {
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

    /// Reads a body of one or several JSON documents.
    pub(super) fn take_body(&mut self, body: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        self.take_documents(body, Self::take_document, events)?;
        if self.phase() == Phase::NotStarted
            && let Some(error_body) = ErrorBody::from_error_object(body)
        {
            return Err(error_inside_response(&self.head, error_body, &self.secrets));
        }
        Ok(())
    }

    /// Ends the answer.
    pub(super) fn end(&mut self, events: &mut Vec<Event>) -> Result<(), Error> {
        match self.phase() {
            Phase::Ended => Ok(()),
            Phase::Finished => self.answer.finish(events),
            Phase::Streaming => Err(self.stated().unwrap_or_else(|| self.truncated())),
            Phase::NotStarted => Err(self.stated().unwrap_or_else(|| self.without_answer())),
        }
    }

    /// The error that the server stated, if it did.
    fn stated(&self) -> Option<Error> {
        let error_body = self.statement.clone()?;
        Some(error_inside_response(&self.head, error_body, &self.secrets))
    }

    fn without_answer(&self) -> Error {
        self.protocol_error("the response contains no answer")
    }

    /// An error of the transport, as one of this response.
    pub(super) fn attributed(&self, error: Error) -> Error {
        unexpected_response::attributed(&self.head, error, &self.secrets)
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

    /// Reads a chunk of a body that is no stream. One with a complete answer
    /// needs no finish reason.
    fn take_document(
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
        match chunk.usage {
            Some(usage) => self.answer.note_usage(Usage::from_json(usage)),
            None if chunk.has_answer() => self.statement = None,
            None => self.statement = ErrorBody::from_error_object(json).or(self.statement.take()),
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
            Phase::NotStarted => Err(self.stated().unwrap_or_else(|| self.without_answer())),
            // Servers send the end mark after a failure as well.
            Phase::Streaming if self.statement.is_some() => {
                Err(self.stated().unwrap_or_else(|| self.truncated()))
            }
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
    pub(super) fn protocol_error(&self, problem: &str) -> Error {
        if self.answer.phase == Phase::NotStarted {
            unexpected_response::error(&self.head, &self.start, problem, &self.secrets)
        } else {
            unexpected_response::broken(&self.head, problem, &self.secrets)
        }
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
