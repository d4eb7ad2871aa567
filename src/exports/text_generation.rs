//! Exports of `text-generation`.

use core::cell::RefCell;

use super::types::Session;
use crate::Component;
use crate::bindings::text_generation::{
    self as wit, Guest, GuestGenerationStream, GuestPreparedRequest,
};
use crate::bindings::types::{self, ModelKind, SessionBorrow};
use crate::convert;
use crate::wasi::response_stream::{self, ResponseStream};
use provider_core::error::{Error, ErrorKind};
use provider_core::text_generation::{
    Event, Generation, GenerationBuilder, Protocol, Request, ResponseMode,
};
use wire::sse::MAX_EVENT_BYTES;

/// Largest answer that is returned complete, in bytes: that of one event,
/// because an answer may arrive in one event.
const MAX_ANSWER_BYTES: usize = MAX_EVENT_BYTES;

impl Guest for Component {
    type GenerationStream = GenerationStream;
    type PreparedRequest = PreparedRequest;
}

/// The resource `prepared-request`.
pub(crate) struct PreparedRequest(Request);

impl GuestPreparedRequest for PreparedRequest {
    fn new(request: wit::Request) -> Self {
        Self(convert::request(request))
    }

    fn generate(&self, session: SessionBorrow<'_>) -> Result<wit::Generation, types::Error> {
        run(session.get(), &self.0, ResponseMode::Full)
            .map(convert::generation)
            .map_err(convert::error)
    }

    fn generate_stream(
        &self,
        session: SessionBorrow<'_>,
    ) -> Result<wit::GenerationStream, types::Error> {
        let stream =
            start(session.get(), &self.0, ResponseMode::Streaming).map_err(convert::error)?;
        Ok(wit::GenerationStream::new(GenerationStream(RefCell::new(
            stream,
        ))))
    }

    fn estimate_tokens(&self) -> u64 {
        self.0.estimated_tokens()
    }
}

/// Requests a few words and reads the whole answer. The configuration is valid
/// if the response is an answer, not only a status of 200.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    // Streamed, because some models support nothing else.
    run(session, &Request::probe(), ResponseMode::Streaming).map(drop)
}

/// Requests an answer and reads it to its end.
fn run(session: &Session, request: &Request, mode: ResponseMode) -> Result<Generation, Error> {
    let mut stream = start(session, request, mode)?;
    let mut answer = GenerationBuilder::default();
    let mut bytes = 0_usize;
    loop {
        let events = stream.next_events()?;
        if events.is_empty() {
            return answer.build();
        }
        for event in events {
            bytes = bytes.saturating_add(size(&event));
            if bytes > MAX_ANSWER_BYTES {
                return Err(Error::protocol(format!(
                    "the answer exceeds the limit of {MAX_ANSWER_BYTES} bytes; use streaming"
                )));
            }
            answer.add(event);
        }
    }
}

fn start(
    session: &Session,
    request: &Request,
    mode: ResponseMode,
) -> Result<ResponseStream, Error> {
    let context = session.begin(ModelKind::TextGeneration)?;
    let protocol = Protocol::parse(&context.form)?;
    response_stream::start(protocol, &context, request, mode)
}

fn size(event: &Event) -> usize {
    match event {
        Event::Text(text) | Event::Reasoning(text) | Event::Refusal(text) => text.len(),
        Event::ToolCall(fragment) => fragment.arguments.len(),
        Event::CompletedToolCall(_) | Event::Usage(_) | Event::Finish(_) => 0,
    }
}

/// The resource `generation-stream`.
pub(crate) struct GenerationStream(RefCell<ResponseStream>);

impl GuestGenerationStream for GenerationStream {
    fn next(&self) -> Result<Vec<wit::Event>, types::Error> {
        // The component is not reentrant, so the cell is free; a host's mistake
        // returns an error rather than a trap.
        let Ok(mut stream) = self.0.try_borrow_mut() else {
            let error = Error::before_sending(
                ErrorKind::Internal,
                "`next` was called while another `next` is running",
            );
            return Err(convert::error(error));
        };
        let events = stream.next_events().map_err(convert::error)?;
        Ok(events.into_iter().map(convert::event).collect())
    }
}
