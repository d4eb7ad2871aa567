//! The bodies of the gateway's responses, as they are written.

use super::responses::{LAST, event};
use crate::clock;
use bytes::Bytes;
use hyper::body::{Body, Frame};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

pub(crate) enum Response {
    /// Written at once.
    Whole(Option<Bytes>),
    /// One chunk a number of times, and then the last.
    Repeated {
        chunk: Bytes,
        times: usize,
        last: Option<Bytes>,
    },
    /// Cut up.
    Cut { rest: Bytes, piece: usize },
    /// One chunk, and then silence.
    Open(Option<Bytes>),
    /// One event at a time.
    Paced(Paced),
}

pub(crate) struct Paced {
    left: usize,
    due: Instant,
    interval: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl Paced {
    /// The first event comes at some time within the interval, so that streams
    /// which begin together do not beat together.
    pub(crate) fn new(events: usize, interval: usize, seed: u64) -> Self {
        let interval = Duration::from_millis(u64::try_from(interval).unwrap_or_default());
        let part = u32::try_from(seed.wrapping_mul(2_654_435_761) % 1_024).unwrap_or_default();
        let due = Instant::now() + interval * part / 1_024;
        Self {
            left: events,
            due,
            interval,
            sleep: Box::pin(tokio::time::sleep_until(due)),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let text = match self.left {
            0 => return Poll::Ready(None),
            1 => LAST.to_owned(),
            _ => {
                ready!(self.sleep.as_mut().poll(context));
                event(&format!("{:020}", clock::monotonic_nanos()))
            }
        };
        self.left -= 1;
        self.due += self.interval;
        self.sleep.as_mut().reset(self.due);
        Poll::Ready(Some(Bytes::from(text)))
    }
}

impl Body for Response {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = match &mut *self {
            Self::Whole(response) => response.take(),
            Self::Repeated { chunk, times, last } => match times.checked_sub(1) {
                Some(left) => {
                    *times = left;
                    Some(chunk.clone())
                }
                None => last.take(),
            },
            Self::Cut { rest, .. } if rest.is_empty() => None,
            Self::Cut { rest, piece } => {
                let length = rest.len().min(*piece);
                Some(rest.split_to(length))
            }
            Self::Open(first) => match first.take() {
                Some(first) => Some(first),
                None => return Poll::Pending,
            },
            Self::Paced(paced) => ready!(paced.poll(context)),
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self {
            Self::Whole(Some(response)) => {
                hyper::body::SizeHint::with_exact(u64::try_from(response.len()).unwrap_or_default())
            }
            _ => hyper::body::SizeHint::default(),
        }
    }
}
