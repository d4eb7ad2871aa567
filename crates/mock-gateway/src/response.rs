//! Mock responses: a head, the steps that make the body, and how it ends.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::latch::Latch;

/// One step of a response's body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Sends these bytes in a write of their own, or in several if the route's
    /// [`Chunking`](crate::Chunking) splits them.
    Bytes(Bytes),
    /// Waits until the latch is open.
    Wait(Latch),
    /// Sends nothing for this long, in real time.
    Pause(Duration),
}

/// How a response's body ends after its last step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// As HTTP requires: with the last chunk, or after `content-length` bytes.
    #[default]
    Complete,
    /// The connection closes within the body.
    Reset,
    /// Nothing more is sent, and the connection stays open until the client
    /// closes it or the gateway stops.
    Hang,
}

/// Who made a response. On the wire `x-envoy-upstream-service-time` shows it:
/// the gateway's local replies lack that header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The gateway or one of its plugins.
    Gateway,
    /// The model provider behind it.
    Upstream,
}

/// How the client finds the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `transfer-encoding: chunked`, unless the headers name a length.
    Chunked,
    /// `content-length`, the sum of the steps.
    Length,
}

/// A response that the gateway sends, built step by step.
///
/// ```
/// use mock_gateway::{Ending, MockResponse};
/// use std::time::Duration;
///
/// let interrupted = MockResponse::event_stream()
///     .bytes("data: one\n\n")
///     .pause(Duration::from_millis(20))
///     .bytes("data: two\n\n")
///     .ending(Ending::Reset);
/// # let _ = interrupted;
/// ```
#[derive(Clone, Debug)]
pub struct MockResponse {
    pub(crate) origin: Origin,
    pub(crate) hold: Option<Latch>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) framing: Framing,
    pub(crate) steps: Vec<Step>,
    pub(crate) ending: Ending,
}

impl MockResponse {
    /// An upstream's response with this status, no headers of its own, and a
    /// chunked body without steps.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            origin: Origin::Upstream,
            hold: None,
            status,
            headers: HeaderMap::new(),
            framing: Framing::Chunked,
            steps: Vec::new(),
            ending: Ending::Complete,
        }
    }

    /// An upstream's response with a body of known length.
    #[must_use]
    pub fn document(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let response = Self::new(status)
            .header(header::CONTENT_TYPE, HeaderValue::from_static(media_type))
            .bytes(body);
        Self {
            framing: Framing::Length,
            ..response
        }
    }

    /// An upstream's stream of server-sent events, status 200.
    #[must_use]
    pub fn event_stream() -> Self {
        Self::new(StatusCode::OK).header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        )
    }

    /// Adds a header. It replaces one that the gateway would set itself.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Holds back the head until the latch is open.
    #[must_use]
    pub fn head_waits_for(mut self, latch: &Latch) -> Self {
        self.hold = Some(latch.clone());
        self
    }

    /// Adds a step that sends bytes in a write of their own.
    #[must_use]
    pub fn bytes(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::Bytes(bytes.into()))
    }

    /// Adds a step that waits for a latch.
    #[must_use]
    pub fn wait(self, latch: &Latch) -> Self {
        self.step(Step::Wait(latch.clone()))
    }

    /// Adds a step that pauses.
    #[must_use]
    pub fn pause(self, duration: Duration) -> Self {
        self.step(Step::Pause(duration))
    }

    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Sets how the body ends.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Sets who made the response.
    #[must_use]
    pub fn made_by(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The body's length in bytes, if the framing declares one.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        match self.framing {
            Framing::Chunked => None,
            Framing::Length => Some(self.steps.iter().map(step_length).sum()),
        }
    }
}

fn step_length(step: &Step) -> u64 {
    match step {
        Step::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        Step::Wait(_) | Step::Pause(_) => 0,
    }
}
