//! Response bodies that a task of their own reads, one frame ahead of the
//! caller.
//!
//! The caller is an instance of a component: each of its wake-ups enters and
//! leaves the instance. The task is woken in its place for every small frame that
//! [`CoalescedBody`](super::coalesce::CoalescedBody) gathers, and wakes the caller
//! once for all of them.

use hyper::body::{Body, Bytes, Frame};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use wasmtime_wasi_http::Error;

/// A body that is read ahead by one frame. Dropping it drops the body that it
/// reads.
pub(super) struct ReadAheadBody {
    frames: mpsc::Receiver<Result<Frame<Bytes>, Error>>,
    reading: AbortHandle,
}

impl ReadAheadBody {
    /// Starts to read `body`.
    pub(super) fn new<B>(mut body: B) -> Self
    where
        B: Body<Data = Bytes, Error = Error> + Send + Unpin + 'static,
    {
        let (sender, frames) = mpsc::channel(1);
        let reading = tokio::spawn(async move {
            while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
                let is_last = frame.is_err();
                if sender.send(frame).await.is_err() || is_last {
                    return;
                }
            }
        });
        Self {
            frames,
            reading: reading.abort_handle(),
        }
    }
}

impl Drop for ReadAheadBody {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Body for ReadAheadBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.frames.poll_recv(context)
    }
}
