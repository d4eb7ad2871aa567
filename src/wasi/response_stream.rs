//! Drives a streaming response: reads body chunks, feeds the parser, enforces
//! timeouts.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use wasi::io::poll::Pollable;

use super::client::{Body, Read};
use super::clock::elapsed;
use super::poll_set;
use super::retrying_request;
use super::timings::Timings;
use crate::bindings::types::ResponseMetadata;
use crate::call_context::CallContext;
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
    /// Whether the caller waits by a pollable, so that the next read must not
    /// block.
    is_subscribed: bool,
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

impl ResponseStream {
    /// Sends the request for a call and waits for the head of the response.
    pub(crate) fn start(
        protocol: Protocol,
        context: &CallContext<'_>,
        request: &Request,
        mode: ResponseMode,
    ) -> Result<Self, Error> {
        let timings = Timings::start();
        let CallContext {
            credentials,
            options,
        } = context;
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
        Ok(Self {
            state: State::Open(body),
            reader,
            timeouts: options.timeouts,
            timings,
            is_subscribed: false,
        })
    }

    /// The next events; `None` once the answer has ended. An error is returned
    /// once, after the events before it.
    ///
    /// Blocks until there are events. After [`subscribe`](Self::subscribe), it
    /// returns those that have arrived, possibly none.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Event>>, Error> {
        let is_subscribed = core::mem::take(&mut self.is_subscribed);
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Open(body) => {
                let mut events = Vec::new();
                let outcome = if is_subscribed {
                    self.read_arrived(body, &mut events)
                } else {
                    self.wait_for_events(body, &mut events)
                };
                self.settle(outcome, events)
            }
            State::Ended(body) => {
                if !is_subscribed {
                    body.drain();
                }
                Ok(None)
            }
            State::Failed(error) => Err(error),
            State::Closed => Ok(None),
        }
    }

    /// A pollable that is ready once more of the response has arrived. The next
    /// call of [`next`](Self::next) does not block.
    pub(crate) fn subscribe(&mut self) -> Pollable {
        self.is_subscribed = true;
        match &self.state {
            State::Open(body) => body.subscribe(),
            State::Ended(_) | State::Failed(_) | State::Closed => poll_set::ready(),
        }
    }

    /// What is known of the response so far.
    pub(crate) fn metadata(&self) -> ResponseMetadata {
        self.timings.timed(self.reader.info().clone())
    }

    /// Sets the state after a read. A failure behind events is kept for the
    /// next call.
    fn settle(
        &mut self,
        outcome: Result<State, Error>,
        events: Vec<Event>,
    ) -> Result<Option<Vec<Event>>, Error> {
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
        failure.map_or(Ok(Some(events)), Err)
    }

    /// Reads until there are events or the answer ends.
    fn wait_for_events(&mut self, body: Body, events: &mut Vec<Event>) -> Result<State, Error> {
        // Read once more than one chunk is needed: most calls return after it.
        let mut progress = None;
        loop {
            let read = self.read(&body, &mut progress);
            if let Some(state) = self.take(read, events)? {
                return Ok(state);
            }
            if self.reader.has_ended() {
                return Ok(State::Ended(body));
            }
            if !events.is_empty() {
                return Ok(State::Open(body));
            }
        }
    }

    /// Reads what has arrived, up to the first part that completes an event: a
    /// server that sends faster than this reads would never be read empty.
    fn read_arrived(&mut self, body: Body, events: &mut Vec<Event>) -> Result<State, Error> {
        loop {
            let read = body.read_arrived();
            if matches!(&read, Ok(Read::Bytes(bytes)) if bytes.is_empty()) {
                return Ok(State::Open(body));
            }
            if let Some(state) = self.take(read, events)? {
                return Ok(state);
            }
            if self.reader.has_ended() {
                return Ok(State::Ended(body));
            }
            if !events.is_empty() {
                return Ok(State::Open(body));
            }
        }
    }

    /// Reads a chunk within the time that the timeouts leave. `progress` is
    /// when the reader last made any, and how much it then held.
    fn read(&self, body: &Body, progress: &mut Option<Progress>) -> Result<Read, Error> {
        let has_finished = self.reader.has_finished();
        let limit = if has_finished {
            AFTER_FINISH
        } else {
            self.timeouts.between_bytes
        };
        let held = self.reader.buffered_bytes();
        let left = match progress {
            None => {
                *progress = Some(Progress { since: None, held });
                limit
            }
            Some(progress) => progress.left(limit, held),
        };
        if left.is_zero() {
            // Only keep-alives arrived. They must not keep a stalled stream
            // open.
            Err(Error::after_sending(
                ErrorKind::Timeout,
                "the response stalled: the server sent only keep-alives",
            ))
        } else if has_finished {
            body.read_within(left)
        } else {
            body.read()
        }
    }

    /// Takes what was read. Returns the state if the body has ended.
    fn take(
        &mut self,
        read: Result<Read, Error>,
        events: &mut Vec<Event>,
    ) -> Result<Option<State>, Error> {
        let end = match read {
            Ok(Read::Bytes(bytes)) => {
                self.timings.note_first_byte();
                self.reader.push(&bytes, events)?;
                return Ok(None);
            }
            Ok(Read::End) => BodyEnd::Complete,
            Err(error) => BodyEnd::Broken(error),
        };
        self.reader.end(end, events)?;
        Ok(Some(State::Closed))
    }
}

/// When a reader last made progress.
struct Progress {
    /// On the monotonic clock; `None` before the second read of a call, so that
    /// calls that need one read need no clock.
    since: Option<u64>,
    /// The bytes that the reader held then.
    held: usize,
}

impl Progress {
    /// The part of `limit` that is left, now that the reader holds `held` bytes.
    fn left(&mut self, limit: Duration, held: usize) -> Duration {
        match self.since {
            Some(since) if held <= self.held => limit.saturating_sub(elapsed(since)),
            _ => {
                *self = Self {
                    since: Some(monotonic_clock::now()),
                    held,
                };
                limit
            }
        }
    }
}
