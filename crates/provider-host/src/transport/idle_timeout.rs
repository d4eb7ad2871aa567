//! Response bodies with an idle timeout.

use hyper::body::{Body, Bytes, Frame};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::Error;

/// A body that fails when no frame arrives within a timeout.
///
/// The timeout runs only while a caller waits for the next frame: the time that
/// a slow reader takes is not the server's.
pub(super) struct IdleTimeoutBody<B> {
    /// None after a timeout: dropping it closes the connection.
    body: Option<B>,
    longest: Duration,
    /// Kept for the next wait: resetting a timer is far cheaper than making one.
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl<B> IdleTimeoutBody<B> {
    pub(super) fn new(body: B, longest: Duration) -> Self {
        Self {
            body: Some(body),
            longest,
            timer: None,
            waiting: false,
        }
    }

    /// Whether the timeout has passed; registers to be woken when it has.
    fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let new = || Box::pin(tokio::time::sleep(self.longest));
        let timer = self.timer.get_or_insert_with(new);
        if !self.waiting {
            self.waiting = true;
            timer.as_mut().reset(Instant::now() + self.longest);
        }
        timer.as_mut().poll(context).is_ready()
    }
}

impl<B> Body for IdleTimeoutBody<B>
where
    B: Body<Data = Bytes, Error = Error> + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if polled.is_ready() {
            self.waiting = false;
            return polled;
        }
        if self.is_overdue(context) {
            self.body = None;
            return Poll::Ready(Some(Err(Error::ConnectionReadTimeout)));
        }
        Poll::Pending
    }
}
