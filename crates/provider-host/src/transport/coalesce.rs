//! Coalesces small frames of a response that arrive together: the component is
//! entered once for each frame, and a server may have sent hundreds.

use hyper::body::{Body, Bytes, Frame};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Frames of this size in bytes and above are not coalesced.
const LARGE: usize = 8 << 10;

/// Coalesced bytes, at most.
const MOST_BYTES: usize = 64 << 10;

/// Longest time that frames are held. Yielding once takes a microsecond, or
/// milliseconds on a busy thread.
const HOLD: Duration = Duration::from_micros(500);

/// A body whose small frames are coalesced.
///
/// hyper's connection task delivers one frame at a time. So after each frame
/// this yields once, so that the task can deliver more, and returns what it has
/// when nothing arrived, at 64 KiB, or after 500 µs. The first frame is never
/// delayed. A caller that polls once without waiting may get a held frame at
/// its next poll only.
pub(super) struct CoalescedBody<B> {
    body: B,
    pieces: Pieces,
    /// What followed the held frames: a large frame, trailers, an error, the
    /// end.
    other: Option<Given>,
    begun: bool,
    /// Whether this has yielded since the last frame, or need not.
    had_turn: bool,
}

/// What a body yields: `None` at its end.
type Given = Option<Result<Frame<Bytes>, wasmtime_wasi_http::Error>>;

/// Frames that are held.
#[derive(Default)]
struct Pieces {
    /// The first one, and when it arrived.
    first: Option<(Bytes, Instant)>,
    /// All of them, where there is more than one.
    together: Vec<u8>,
}

impl Pieces {
    fn add(&mut self, piece: Bytes) {
        match &self.first {
            None => self.first = Some((piece, Instant::now())),
            Some((first, _)) => {
                if self.together.is_empty() {
                    self.together.extend_from_slice(first);
                }
                self.together.extend_from_slice(&piece);
            }
        }
    }

    /// Whether there are some, and none has been held for too long.
    fn can_wait(&self) -> bool {
        let first = self.first.as_ref();
        first.is_some_and(|(_, came)| came.elapsed() < HOLD)
    }

    fn take(&mut self) -> Option<Bytes> {
        let Self { first, together } = std::mem::take(self);
        if together.is_empty() {
            first.map(|(piece, _)| piece)
        } else {
            Some(together.into())
        }
    }
}

impl<B> CoalescedBody<B> {
    pub(super) fn new(body: B) -> Self {
        Self {
            body,
            pieces: Pieces::default(),
            other: None,
            begun: false,
            had_turn: false,
        }
    }

    /// The held frames as one, or else what followed them.
    fn give(&mut self) -> Poll<Given> {
        match self.pieces.take() {
            Some(pieces) => Poll::Ready(Some(Ok(Frame::data(pieces)))),
            None => self.other.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

impl<B> Body for CoalescedBody<B>
where
    B: Body<Data = Bytes, Error = wasmtime_wasi_http::Error> + Unpin,
{
    type Data = Bytes;
    type Error = wasmtime_wasi_http::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Given> {
        let this = &mut *self;
        while this.other.is_none() && this.pieces.together.len() < MOST_BYTES {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) if piece.is_empty() => {}
                    Ok(piece) if piece.len() < LARGE => {
                        this.pieces.add(piece);
                        // Nothing follows a last frame.
                        this.had_turn = this.body.is_end_stream();
                        if !std::mem::replace(&mut this.begun, true) {
                            break;
                        }
                    }
                    Ok(piece) => {
                        this.begun = true;
                        this.other = Some(Some(Ok(Frame::data(piece))));
                    }
                    Err(trailers) => this.other = Some(Some(Ok(trailers))),
                },
                Poll::Ready(other) => this.other = Some(other),
                Poll::Pending if !this.had_turn && this.pieces.can_wait() => {
                    this.had_turn = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending => break,
            }
        }
        this.give()
    }
}

#[cfg(test)]
mod tests;
