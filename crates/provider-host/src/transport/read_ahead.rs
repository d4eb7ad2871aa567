//! Response bodies that a task of their own reads, up to two frames ahead of the
//! caller.
//!
//! The caller is an instance of a component: each of its wake-ups enters and
//! leaves the instance. The task is woken in its place for every small frame that
//! [`CoalescedBody`](super::coalesce::CoalescedBody) gathers, and wakes the caller
//! once for all of them.

use hyper::body::{Body, Bytes, Frame};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use wasmtime_wasi_http::Error;

/// What the body yields: `None` at its end.
type Given = Option<Result<Frame<Bytes>, Error>>;

/// A body that is read ahead. Dropping it drops the body that it reads.
pub(super) struct ReadAheadBody {
    given: mpsc::Receiver<Given>,
    reading: AbortHandle,
    has_ended: bool,
}

impl ReadAheadBody {
    /// Starts to read `body`.
    pub(super) fn new<B>(mut body: B) -> Self
    where
        B: Body<Data = Bytes, Error = Error> + Send + Unpin + 'static,
    {
        let (sender, given) = mpsc::channel(1);
        let reading = tokio::spawn(async move {
            loop {
                let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
                let is_last = !matches!(next, Some(Ok(_)));
                if sender.send(next).await.is_err() || is_last {
                    return;
                }
            }
        });
        Self {
            given,
            reading: reading.abort_handle(),
            has_ended: false,
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

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Given> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        // Without an end, the task has panicked or its runtime is gone: the body
        // is not complete.
        let given = ready!(self.given.poll_recv(context));
        let given = given.unwrap_or(Some(Err(Error::HttpResponseIncomplete)));
        self.has_ended = !matches!(given, Some(Ok(_)));
        Poll::Ready(given)
    }
}

#[cfg(test)]
mod tests {
    use super::ReadAheadBody;
    use http_body_util::BodyExt;
    use hyper::body::{Body, Bytes, Frame};
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};
    use std::time::Duration;
    use wasmtime_wasi_http::Error;

    /// Gives a number of frames, then this, and counts how often it was asked.
    struct Numbers {
        frames: u8,
        end: Option<Error>,
        asked: Arc<AtomicUsize>,
    }

    impl Body for Numbers {
        type Data = Bytes;
        type Error = Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.frames == 0 {
                return Poll::Ready(self.end.take().map(Err));
            }
            self.frames -= 1;
            let frame = Frame::data(Bytes::from(vec![self.frames]));
            Poll::Ready(Some(Ok(frame)))
        }
    }

    fn numbers(frames: u8, end: Option<Error>) -> (ReadAheadBody, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let body = Numbers {
            frames,
            end,
            asked: Arc::clone(&asked),
        };
        (ReadAheadBody::new(body), asked)
    }

    async fn all(mut body: ReadAheadBody) -> (Vec<u8>, Option<Error>) {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap()),
                Err(error) => return (bytes, Some(error)),
            }
        }
        (bytes, None)
    }

    #[tokio::test]
    async fn frames_come_in_order_and_an_error_comes_after_them() {
        let (body, _) = numbers(3, None);
        assert!(matches!(all(body).await, (bytes, None) if bytes == [2, 1, 0]));
        let (body, _) = numbers(3, Some(Error::HttpResponseIncomplete));
        let (bytes, error) = all(body).await;
        assert_eq!(bytes, [2, 1, 0]);
        assert!(matches!(error, Some(Error::HttpResponseIncomplete)));
    }

    #[tokio::test]
    async fn a_caller_that_does_not_read_holds_two_frames_back_at_most() {
        let (_body, asked) = numbers(100, None);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_task_that_ends_without_the_body_leaves_it_incomplete() {
        let (mut body, _) = numbers(100, None);
        assert!(body.frame().await.unwrap().is_ok());
        body.reading.abort();
        let (_, error) = all(body).await;
        assert!(matches!(error, Some(Error::HttpResponseIncomplete)));
    }

    #[tokio::test]
    async fn dropping_it_drops_what_it_reads() {
        let (body, asked) = numbers(100, None);
        tokio::task::yield_now().await;
        drop(body);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(Arc::strong_count(&asked), 1);
    }
}
