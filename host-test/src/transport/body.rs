//! Bodies that are watched on their way: requests for their size, replies for
//! their size and for pauses. Neither holds anything back.

use super::failure;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

/// A count of bytes that must not pass a limit.
struct Allowance {
    limit: u64,
    used: u64,
}

impl Allowance {
    fn new(limit: u64) -> Self {
        Self { limit, used: 0 }
    }

    /// Counts the data of `frame`; false once the limit is passed.
    fn covers(&mut self, frame: &Frame<Bytes>) -> bool {
        let length = frame.data_ref().map_or(0, Bytes::len);
        self.used = self
            .used
            .saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        self.used <= self.limit
    }
}

/// A request's body, bounded.
pub(super) struct RequestBody {
    body: WasiBody,
    allowance: Allowance,
}

impl RequestBody {
    pub(super) fn new(body: WasiBody, limit: u64) -> Self {
        Self {
            body,
            allowance: Allowance::new(limit),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && !self.allowance.covers(frame)
        {
            let size = self.allowance.used;
            return Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(size)))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A reply's body, bounded in size and in its pauses.
///
/// The pause is timed only while someone waits for the next piece: the time
/// that a slow reader takes is not the server's.
pub(super) struct ResponseBody {
    body: Incoming,
    allowance: Allowance,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl ResponseBody {
    pub(super) fn new(body: Incoming, pause: Duration, limit: u64) -> Self {
        Self {
            body,
            allowance: Allowance::new(limit),
            pause,
            waiting: None,
        }
    }

    /// Whether the pause has lasted too long; asks to be woken when it has.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let end = Instant::now() + self.pause;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        Future::poll(waiting.as_mut(), context).is_ready()
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending if self.is_overdue(context) => {
                Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                Poll::Ready(Some(Err(failure::of_response_body(&error))))
            }
            Poll::Ready(Some(Ok(frame))) => {
                self.waiting = None;
                Poll::Ready(Some(if self.allowance.covers(&frame) {
                    Ok(frame)
                } else {
                    Err(Error::HttpResponseBodySize(Some(self.allowance.used)))
                }))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
