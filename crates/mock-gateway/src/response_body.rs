//! The body of a response being sent: a state machine that runs the steps and
//! makes each chunk a write of its own.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::latch::Latch;
use super::record::Outcome;
use super::request_log::OpenExchange;
use super::response::{Ending, Step};

/// Ends a body early on purpose; hyper then closes the connection.
#[derive(Debug, thiserror::Error)]
#[error("the response ends early on purpose")]
pub(crate) struct BrokenOff;

/// The body of one response.
pub(crate) struct ResponseBody {
    steps: VecDeque<Step>,
    ending: Ending,
    /// Bytes of a declared length still to be sent.
    remaining: Option<u64>,
    flush: Flush,
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    exchange: OpenExchange,
}

/// Whether hyper had a chance to flush its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flush {
    Due,
    Done,
}

impl ResponseBody {
    /// A body that runs the steps; `length` is the declared length in bytes.
    pub(crate) fn new(
        steps: VecDeque<Step>,
        ending: Ending,
        length: Option<u64>,
        exchange: OpenExchange,
    ) -> Self {
        // The head is flushed before the first chunk.
        let mut body = Self {
            steps,
            ending,
            remaining: length,
            flush: Flush::Due,
            waiting: None,
            exchange,
        };
        body.conclude_if_sent();
        body
    }

    /// hyper does not poll a body of a declared length for its end, so the
    /// outcome is recorded when the last step is done.
    fn conclude_if_sent(&mut self) {
        if self.steps.is_empty() && self.ending == Ending::Complete {
            self.exchange.conclude(Outcome::Completed);
        }
    }

    fn send(&mut self, bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.remaining = self
            .remaining
            .map(|remaining| remaining.saturating_sub(length));
        self.flush = Flush::Due;
        self.conclude_if_sent();
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn end(&mut self) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self.ending {
            Ending::Complete => Poll::Ready(None),
            Ending::Reset => {
                self.exchange.conclude(Outcome::BrokenOffByGateway);
                Poll::Ready(Some(Err(BrokenOff)))
            }
            // Without a waker, only the end of the connection stops this.
            Ending::Hang => Poll::Pending,
        }
    }

    fn wait_for(&mut self, latch: Latch) {
        self.waiting = Some(Box::pin(latch.opened()));
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        // hyper flushes when a body is pending: to make each chunk a write of
        // its own, be pending once after each.
        if self.flush == Flush::Due {
            self.flush = Flush::Done;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            if let Some(waiting) = &mut self.waiting {
                ready!(waiting.as_mut().poll(context));
                self.waiting = None;
                self.conclude_if_sent();
            }
            match self.steps.pop_front() {
                Some(Step::Bytes(bytes)) => return self.send(bytes),
                Some(Step::Wait(latch)) => self.wait_for(latch),
                Some(Step::Pause(duration)) => {
                    self.waiting = Some(Box::pin(tokio::time::sleep(duration)));
                }
                None => return self.end(),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == Some(0) && self.ending == Ending::Complete
    }

    fn size_hint(&self) -> SizeHint {
        self.remaining
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::record::RecordedRequest;
    use crate::request_log::RequestLog;

    fn exchange(log: &RequestLog) -> OpenExchange {
        log.open(RecordedRequest {
            number: 0,
            connection: 0,
            method: http::Method::GET,
            path_and_query: "/".into(),
            headers: Vec::new(),
            body: Bytes::new(),
            consumer: None,
            status: None,
            outcome: Outcome::Answering,
        })
    }

    fn body_of(chunks: &[&'static str], log: &RequestLog) -> ResponseBody {
        let steps = chunks
            .iter()
            .map(|chunk| Step::Bytes(Bytes::from_static(chunk.as_bytes())));
        ResponseBody::new(steps.collect(), Ending::Complete, None, exchange(log))
    }

    /// `.` for pending, else the result.
    fn polled(body: &mut ResponseBody) -> String {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Pending => ".".to_owned(),
            Poll::Ready(None) => "end".to_owned(),
            Poll::Ready(Some(Err(error))) => error.to_string(),
            Poll::Ready(Some(Ok(frame))) => {
                String::from_utf8_lossy(frame.data_ref().unwrap()).into_owned()
            }
        }
    }

    #[test]
    fn the_connection_can_flush_before_and_after_each_chunk() {
        let mut body = body_of(&["a", "b"], &RequestLog::new(1));
        let seen: Vec<String> = (0..6).map(|_| polled(&mut body)).collect();
        assert_eq!(seen, [".", "a", ".", "b", ".", "end"]);
    }

    #[test]
    fn a_body_dropped_before_its_end_was_aborted_by_the_client() {
        let log = RequestLog::new(1);
        let mut body = body_of(&["a", "b"], &log);
        polled(&mut body);
        assert_eq!(polled(&mut body), "a");
        drop(body);
        assert_eq!(log.requests()[0].outcome, Outcome::AbortedByClient);
    }
}
