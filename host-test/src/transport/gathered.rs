//! The pieces of a reply that have arrived, as one: a component is entered for
//! each, and a server that is ahead may have sent hundreds.

use hyper::body::{Body, Bytes, Frame};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Bytes of a piece that is passed on as it is: it is worth a call of its own.
const LARGE: usize = 8 << 10;

/// Bytes that are put together at most.
const MOST_BYTES: usize = 64 << 10;

/// Pieces that are put together at most, so that the first of them does not
/// wait for long: some tenths of a millisecond.
const MOST_PIECES: usize = 256;

/// A body whose small pieces are put together, where they are there already.
///
/// The connection is driven by a task of its own, which hands over one piece at
/// a time. So after each piece but the first that task has a turn, and what it
/// has not handed over by then is not there yet.
pub(super) struct Gathered<B> {
    body: B,
    pieces: Pieces,
    /// What came after the pieces and is no small one: a large piece, trailers,
    /// an error, the end.
    other: Option<Given>,
    /// Whether the connection has had its turn since the last piece, or need
    /// not have one.
    had_turn: bool,
    begun: bool,
}

/// What a body gives: nothing at its end.
type Given = Option<Result<Frame<Bytes>, wasmtime_wasi_http::Error>>;

/// Pieces that were not handed on yet.
#[derive(Default)]
struct Pieces {
    first: Option<Bytes>,
    /// All of them, if there is more than one.
    together: Vec<u8>,
    count: usize,
}

impl Pieces {
    fn add(&mut self, piece: Bytes) {
        self.count += 1;
        match &self.first {
            None => self.first = Some(piece),
            Some(first) => {
                if self.together.is_empty() {
                    self.together.extend_from_slice(first);
                }
                self.together.extend_from_slice(&piece);
            }
        }
    }

    fn are_enough(&self) -> bool {
        self.together.len() >= MOST_BYTES || self.count >= MOST_PIECES
    }

    fn take(&mut self) -> Option<Bytes> {
        let Self {
            first, together, ..
        } = std::mem::take(self);
        if together.is_empty() {
            first
        } else {
            Some(together.into())
        }
    }
}

impl<B> Gathered<B> {
    pub(super) fn new(body: B) -> Self {
        Self {
            body,
            pieces: Pieces::default(),
            other: None,
            had_turn: false,
            begun: false,
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

impl<B> Body for Gathered<B>
where
    B: Body<Data = Bytes, Error = wasmtime_wasi_http::Error> + Unpin,
{
    type Data = Bytes;
    type Error = wasmtime_wasi_http::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Given> {
        let this = &mut *self;
        while this.other.is_none() && !this.pieces.are_enough() {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) if piece.len() < LARGE => {
                        this.pieces.add(piece);
                        // The first text is waited for, and there is
                        // nothing behind a last piece.
                        this.had_turn = !this.begun || this.body.is_end_stream();
                        this.begun = true;
                    }
                    Ok(piece) => this.other = Some(Some(Ok(Frame::data(piece)))),
                    Err(trailers) => this.other = Some(Some(Ok(trailers))),
                },
                Poll::Ready(other) => this.other = Some(other),
                Poll::Pending if this.pieces.count > 0 && !this.had_turn => {
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
mod tests {
    use super::{Gathered, Given, LARGE, MOST_BYTES, MOST_PIECES};
    use hyper::body::{Body, Bytes, Frame};
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use wasmtime_wasi_http::Error;

    /// What a connection does, one poll after the other.
    enum Step {
        Piece(Bytes),
        /// It has nothing yet.
        Nothing,
        Trailers,
        Breaks,
        Ends,
    }

    struct Connection {
        steps: VecDeque<Step>,
        /// Whether the length was announced, so that the last piece is known.
        announced: bool,
    }

    impl Body for Connection {
        type Data = Bytes;
        type Error = Error;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Given> {
            match self.steps.pop_front() {
                Some(Step::Piece(piece)) => Poll::Ready(Some(Ok(Frame::data(piece)))),
                Some(Step::Trailers) => {
                    Poll::Ready(Some(Ok(Frame::trailers(http::HeaderMap::new()))))
                }
                Some(Step::Breaks) => Poll::Ready(Some(Err(Error::HttpResponseIncomplete))),
                Some(Step::Ends) => Poll::Ready(None),
                Some(Step::Nothing) | None => Poll::Pending,
            }
        }

        fn is_end_stream(&self) -> bool {
            self.announced && self.steps.is_empty()
        }
    }

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    struct Reader {
        body: Gathered<Connection>,
        wakes: Arc<Wakes>,
    }

    fn of_new_body(steps: impl IntoIterator<Item = Step>) -> Reader {
        Reader {
            body: Gathered::new(Connection {
                steps: steps.into_iter().collect(),
                announced: false,
            }),
            wakes: Arc::default(),
        }
    }

    /// Of a body of which the first piece is read.
    fn reader(steps: impl IntoIterator<Item = Step>) -> Reader {
        let mut reader = of_new_body([piece("first"), Step::Nothing]);
        assert_eq!(reader.ask(), "first");
        reader.body.body.steps.extend(steps);
        reader
    }

    fn piece(text: &'static str) -> Step {
        Step::Piece(Bytes::from_static(text.as_bytes()))
    }

    impl Reader {
        /// Asks once; in words.
        fn ask(&mut self) -> String {
            let waker = Waker::from(Arc::clone(&self.wakes));
            let mut context = Context::from_waker(&waker);
            match Pin::new(&mut self.body).poll_frame(&mut context) {
                Poll::Pending => "waits".to_owned(),
                Poll::Ready(None) => "the end".to_owned(),
                Poll::Ready(Some(Err(error))) => format!("{error:?}"),
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => String::from_utf8(data.to_vec()).unwrap(),
                    Err(_) => "trailers".to_owned(),
                },
            }
        }

        fn wakes(&self) -> usize {
            self.wakes.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn the_first_piece_is_not_held() {
        let mut reader = of_new_body([piece("a")]);
        assert_eq!((reader.ask(), reader.wakes()), ("a".to_owned(), 0));
    }

    #[test]
    fn pieces_that_are_there_come_as_one() {
        let mut reader = reader([piece("a"), piece("b"), Step::Nothing, piece("c")]);
        assert_eq!(reader.ask(), "waits");
        assert_eq!(reader.ask(), "waits", "after the third piece too");
        assert_eq!(reader.wakes(), 2);
        assert_eq!(reader.ask(), "abc");
        assert_eq!(reader.ask(), "waits");
        assert_eq!(reader.wakes(), 2, "nobody is woken for nothing");
    }

    #[test]
    fn a_piece_that_comes_alone_is_held_for_one_turn_of_the_connection() {
        let mut reader = reader([piece("a")]);
        assert_eq!((reader.ask(), reader.wakes()), ("waits".to_owned(), 1));
        assert_eq!(reader.ask(), "a");
    }

    #[test]
    fn the_last_piece_of_an_announced_length_is_not_held() {
        let mut reader = reader([piece("a"), piece("b")]);
        reader.body.body.announced = true;
        assert_eq!((reader.ask(), reader.wakes()), ("ab".to_owned(), 0));
    }

    #[test]
    fn what_is_no_piece_comes_after_the_pieces_before_it() {
        for (step, word) in [
            (Step::Ends, "the end"),
            (Step::Breaks, "HttpResponseIncomplete"),
            (Step::Trailers, "trailers"),
        ] {
            let mut reader = reader([piece("a"), piece("b"), step]);
            assert_eq!((reader.ask(), reader.ask()), ("ab".to_owned(), word.into()));
        }
    }

    #[test]
    fn a_large_piece_is_passed_on_as_it_is_and_in_its_place() {
        let large = "x".repeat(LARGE);
        let sent = Bytes::from(large.clone());
        let address = sent.as_ptr();
        let mut reader = reader([piece("a"), Step::Piece(sent), piece("b"), Step::Ends]);
        assert_eq!(reader.ask(), "a");
        let next = reader.body.other.as_ref();
        let next = next.and_then(|next| next.as_ref()?.as_ref().ok()?.data_ref());
        assert_eq!(next.unwrap().as_ptr(), address, "not copied");
        assert_eq!(reader.ask(), large);
        assert_eq!((reader.ask(), reader.ask()), ("b".into(), "the end".into()));
    }

    #[test]
    fn a_connection_that_never_pauses_does_not_hold_the_first_piece_back() {
        let mut bytewise = reader((0..=MOST_PIECES).map(|_| piece("a")));
        assert_eq!(bytewise.ask().len(), MOST_PIECES);
        let size = LARGE - 1;
        let pieces = MOST_BYTES.div_ceil(size);
        let piece = || Step::Piece(Bytes::from("x".repeat(size)));
        let mut generous = reader((0..=pieces).map(|_| piece()));
        assert_eq!(generous.ask().len(), pieces * size);
    }

    #[test]
    fn empty_pieces_are_no_end() {
        let mut reader = reader([piece(""), piece("a"), piece(""), Step::Ends]);
        assert_eq!((reader.ask(), reader.ask()), ("a".into(), "the end".into()));
    }
}
