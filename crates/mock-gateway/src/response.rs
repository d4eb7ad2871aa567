//! What is sent back for one request: a head, steps that make the body, and
//! how it ends.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::latch::Latch;

/// One thing a response's body does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes as a write of their own (several, if the route's
    /// [`Chunking`](super::Chunking) cuts them).
    Bytes(Bytes),
    /// Waits until the latch is opened.
    Wait(Latch),
    /// Sends nothing for this long, in real time.
    Pause(Duration),
}

/// How a response's body ends after its last step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// As HTTP says: the last chunk, or all of `content-length`.
    #[default]
    Complete,
    /// The connection closes in the middle of the body.
    Reset,
    /// Nothing more comes, and the connection stays open until the client
    /// leaves or the gateway stops.
    Hang,
}

/// Who made a response. `x-envoy-upstream-service-time` tells them apart on the
/// wire: the gateway's own responses lack it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The gateway or one of its plugins.
    Gateway,
    /// The model provider behind it.
    Upstream,
}

/// How the body's end is told to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `transfer-encoding: chunked`, unless the headers name a length.
    Chunked,
    /// `content-length`, counted from the steps.
    Length,
}

/// A whole response.
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
    /// chunked body that is empty until steps are added.
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

    /// An upstream's whole body of a known length.
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

    /// Adds a header. It takes the place of one the gateway would set itself.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Holds back even the head until the latch is opened.
    #[must_use]
    pub fn head_waits_for(mut self, latch: &Latch) -> Self {
        self.hold = Some(latch.clone());
        self
    }

    /// Adds bytes as a write of their own.
    #[must_use]
    pub fn bytes(self, bytes: impl Into<Bytes>) -> Self {
        self.step(Step::Bytes(bytes.into()))
    }

    /// Adds a wait for a latch.
    #[must_use]
    pub fn wait(self, latch: &Latch) -> Self {
        self.step(Step::Wait(latch.clone()))
    }

    /// Adds a pause.
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

    /// Says how the body ends.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Says who made the response.
    #[must_use]
    pub fn made_by(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The body's length in bytes, where the framing tells it.
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
