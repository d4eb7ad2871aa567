//! Small pieces of a response that arrive together, as one: a component is entered
//! for each, and a server that is ahead may have sent hundreds.

use hyper::body::{Body, Bytes, Frame};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Bytes of a piece that is passed on as it is: it is worth a call of its own.
const LARGE: usize = 8 << 10;

/// Bytes that are put together at most.
const MOST_BYTES: usize = 64 << 10;

/// After this time the pieces that are held wait for no other turn. A turn takes
/// a microsecond, or milliseconds where there is much to do.
const HOLD: Duration = Duration::from_micros(500);

/// A body whose small pieces are put together.
///
/// The connection is driven by a task of its own, which hands over one piece at
/// a time. So this lets other tasks have a turn after each piece, that one among
/// them, and gives what it has when nothing came of it. The first piece of all
/// is not held: somebody waits for it. To look without waiting may show a held
/// piece only at the next look.
pub(super) struct CoalescedBody<B> {
    body: B,
    pieces: Pieces,
    /// What came after the pieces and is no small one: a large piece, trailers,
    /// an error, the end.
    other: Option<Given>,
    begun: bool,
    /// Whether the others have had their turn since the last piece, or need not
    /// have one.
    had_turn: bool,
}

/// What a body gives: nothing at its end.
type Given = Option<Result<Frame<Bytes>, wasmtime_wasi_http::Error>>;

/// Pieces that were not handed on yet.
#[derive(Default)]
struct Pieces {
    /// The first one, and when it came.
    first: Option<(Bytes, Instant)>,
    /// All of them, if there is more than one.
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

    /// The pieces so far, or else what came in place of one.
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
                        // There is nothing behind a last piece.
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
