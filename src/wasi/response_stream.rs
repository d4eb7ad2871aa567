//! Drives a streaming response: reads body chunks, feeds the parser, enforces
//! timeouts.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use super::client::{Body, Read};
use super::clock::elapsed;
use super::retrying_request;
use super::timings::Timings;
use crate::call_context::CallContext;
use crate::call_context::MetadataCell;
use provider_core::error::{Error, ErrorKind};
use provider_core::text_generation::openai_compatible::{BodyEnd, Reader};
use provider_core::text_generation::{Event, Protocol, Request, ResponseMode};
use provider_core::timeouts::Timeouts;

/// How long to wait for usage and the end of the stream after the finish
/// reason. Some servers keep the connection open and never send them.
const AFTER_FINISH: Duration = Duration::from_secs(5);

/// A streaming answer.
pub(crate) struct ResponseStream {
    state: State,
    reader: Reader,
    timeouts: Timeouts,
    timings: Timings,
    metadata: MetadataCell,
}

enum State {
    /// The stream is open.
    Open(Body),
    /// The last event was returned. The body is kept until the next call, to
    /// allow its end to arrive.
    Ended(Body),
    /// The stream failed after the events that were returned.
    Failed(Error),
    Closed,
}

/// Sends the request for a call and waits for the head of the response.
pub(crate) fn start(
    protocol: Protocol,
    context: &CallContext<'_>,
    request: &Request,
    mode: ResponseMode,
) -> Result<ResponseStream, Error> {
    let timings = Timings::start();
    let CallContext {
        credentials,
        options,
        metadata,
        ..
    } = *context;
    let send = |protocol: Protocol| {
        let outgoing = protocol.encode(credentials, request, options, mode)?;
        retrying_request::run(outgoing, credentials, options)
    };
    let (head, body) = match send(protocol) {
        Err(refusal) => match protocol.downgraded_for(&refusal, mode) {
            Some(relaxed) => send(relaxed).map_err(|mut error| {
                error.request_sent = true; // by the first attempt
                error
            })?,
            None => return Err(refusal),
        },
        Ok(response) => response,
    };
    let reader = protocol.reader(request, head, body.secrets.clone());
    let stream = ResponseStream {
        state: State::Open(body),
        reader,
        timeouts: options.timeouts,
        timings,
        metadata: metadata.clone(),
    };
    stream.update_metadata();
    Ok(stream)
}

impl ResponseStream {
    /// The next events; empty once the answer has ended. An error is returned
    /// once, after the events before it.
    pub(crate) fn next_events(&mut self) -> Result<Vec<Event>, Error> {
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Open(body) => self.read_events(body),
            State::Ended(body) => {
                body.drain();
                Ok(Vec::new())
            }
            State::Failed(error) => Err(error),
            State::Closed => Ok(Vec::new()),
        }
    }

    fn read_events(&mut self, body: Body) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        let outcome = self.wait_for_events(body, &mut events);
        let failure = match outcome {
            Ok(state) => {
                self.state = state;
                None
            }
            Err(error) if events.is_empty() => Some(error),
            Err(error) => {
                self.state = State::Failed(error);
                None
            }
        };
        if !matches!(self.state, State::Open(_)) {
            self.timings.stop();
        }
        self.update_metadata();
        failure.map_or(Ok(events), Err)
    }

    /// Reads until there are events or the answer ends.
    fn wait_for_events(&mut self, body: Body, events: &mut Vec<Event>) -> Result<State, Error> {
        let mut progress = (monotonic_clock::now(), self.reader.buffered_bytes());
        loop {
            let limit = if self.reader.has_finished() {
                AFTER_FINISH
            } else {
                self.timeouts.between_bytes
            };
            let Some(left) = limit.checked_sub(elapsed(progress.0)) else {
                // Only keep-alives arrived. They must not keep a stalled stream
                // open.
                let error = Error::after_sending(
                    ErrorKind::Timeout,
                    "the response stalled: the server sent only keep-alives",
                );
                return self
                    .reader
                    .end(BodyEnd::Broken(error), events)
                    .map(|()| State::Closed);
            };
            let read = if self.reader.has_finished() {
                body.read_within(left)
            } else {
                body.read()
            };
            match read {
                Ok(Read::Bytes(bytes)) => {
                    self.timings.note_first_byte();
                    self.reader.push(&bytes, events)?;
                }
                Ok(Read::End) => {
                    return self
                        .reader
                        .end(BodyEnd::Complete, events)
                        .map(|()| State::Closed);
                }
                Err(error) => {
                    return self
                        .reader
                        .end(BodyEnd::Broken(error), events)
                        .map(|()| State::Closed);
                }
            }
            if self.reader.has_ended() {
                return Ok(State::Ended(body));
            }
            if !events.is_empty() {
                return Ok(State::Open(body));
            }
            let buffered = self.reader.buffered_bytes();
            if buffered > progress.1 {
                progress = (monotonic_clock::now(), buffered);
            }
        }
    }

    /// Updates the session's metadata with what is known so far.
    fn update_metadata(&self) {
        let info = self.reader.info().clone();
        self.metadata.set(self.timings.timed(info));
    }
}
