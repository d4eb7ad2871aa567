//! Scripted connections: what one poll after the other gives.

use super::{CoalescedBody, Given, HOLD, LARGE, MOST_BYTES};
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
            Some(Step::Trailers) => Poll::Ready(Some(Ok(Frame::trailers(http::HeaderMap::new())))),
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
    body: CoalescedBody<Connection>,
    wakes: Arc<Wakes>,
}

fn of_new_body(steps: impl IntoIterator<Item = Step>) -> Reader {
    Reader {
        body: CoalescedBody::new(Connection {
            steps: steps.into_iter().collect(),
            announced: false,
        }),
        wakes: Arc::default(),
    }
}

/// Of a body of which the first piece is read.
fn reader(steps: impl IntoIterator<Item = Step>) -> Reader {
    let mut reader = of_new_body([piece("first")]);
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
    let large = || Step::Piece(Bytes::from("x".repeat(LARGE)));
    for (first, length) in [(piece("a"), 1), (large(), LARGE)] {
        let mut reader = of_new_body([first, piece("b"), piece("c"), Step::Ends]);
        assert_eq!((reader.ask().len(), reader.wakes()), (length, 0));
        assert_eq!(reader.ask(), "bc");
    }
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
fn what_is_no_piece_comes_after_a_piece_that_was_held() {
    for (step, word) in [
        (Step::Ends, "the end"),
        (Step::Breaks, "HttpResponseIncomplete"),
        (Step::Trailers, "trailers"),
    ] {
        let mut reader = reader([piece("a"), Step::Nothing, step]);
        assert_eq!(reader.ask(), "waits");
        assert_eq!((reader.ask(), reader.ask()), ("a".to_owned(), word.into()));
    }
}

#[test]
fn a_busy_machine_does_not_hold_a_piece_for_turn_after_turn() {
    let mut reader = reader([piece("a"), Step::Nothing, piece("b"), Step::Nothing]);
    assert_eq!(reader.ask(), "waits");
    std::thread::sleep(HOLD);
    assert_eq!((reader.ask(), reader.wakes()), ("ab".to_owned(), 1));
}

#[test]
fn a_connection_that_never_pauses_does_not_hold_the_first_piece_back() {
    let size = LARGE - 1;
    let pieces = MOST_BYTES.div_ceil(size);
    let piece = || Step::Piece(Bytes::from("x".repeat(size)));
    let mut generous = reader((0..=pieces).map(|_| piece()));
    assert_eq!(generous.ask().len(), pieces * size);
}

#[test]
fn empty_pieces_are_nothing() {
    let mut reader = reader([piece(""), piece("a"), piece(""), Step::Ends]);
    assert_eq!((reader.ask(), reader.ask()), ("a".into(), "the end".into()));
}
