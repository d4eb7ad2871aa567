//! One exchange over `wasi:http`: a request's bytes out, the reply's head and
//! body in.

use core::time::Duration;

use wasi::clocks::monotonic_clock;
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme, http_error_code,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::{InputStream, OutputStream, StreamError};

use super::failure::{self, Stage};
use crate::call::Timeouts;
use crate::credentials::Secrets;
use crate::error::{Error, ErrorKind};
use crate::http::{self, ReplyHead};

/// Most bytes to take from the host at once. A read returns what has arrived,
/// so this bounds memory and does not delay anything.
const READ_BYTES: u64 = 256 << 10;

/// Sends a request, with the headers that sign it, and waits for the head of
/// the reply. `url` is the address for messages.
pub(super) fn send(
    request: &http::Request,
    signature: &[(String, String)],
    timeouts: &Timeouts,
    url: &str,
) -> Result<(ReplyHead, Body), Error> {
    let internal = |what: &str| {
        Error::before_sending(
            ErrorKind::Internal,
            format!("the request cannot be made: {what}"),
        )
    };
    let before_reply = |code: ErrorCode| failure::error(&code, Stage::BeforeReply, url);

    let headers = request.headers.iter().chain(signature);
    let outgoing = OutgoingRequest::new(fields(headers)?);
    let method = match request.method {
        http::Method::Get => Method::Get,
        http::Method::Post => Method::Post,
    };
    let scheme = match request.scheme {
        http::Scheme::Http => Scheme::Http,
        http::Scheme::Https => Scheme::Https,
    };
    outgoing
        .set_method(&method)
        .map_err(|()| internal("method"))?;
    outgoing
        .set_scheme(Some(&scheme))
        .map_err(|()| internal("scheme"))?;
    outgoing
        .set_authority(Some(&request.authority))
        .map_err(|()| internal("host"))?;
    outgoing
        .set_path_with_query(Some(&request.path_and_query))
        .map_err(|()| internal("path"))?;
    let body = outgoing.body().map_err(|()| internal("body"))?;

    let (options, time_keeper) = request_options(timeouts);
    let reply = outgoing_handler::handle(outgoing, Some(options)).map_err(before_reply)?;
    // Whatever comes of the writing, a reply counts: a server may answer before
    // it has read everything, a refusal for instance, and close; and a host may
    // close the body as soon as the announced length has passed.
    let _ = write(body, &request.body);
    let wait = reply.subscribe();
    match time_keeper {
        TimeKeeper::Host => wait.block(),
        TimeKeeper::Component => {
            let limit = timeouts.connect.saturating_add(timeouts.first_byte);
            wait_at_most(&wait, limit)
                .map_err(|Elapsed| before_reply(ErrorCode::HttpResponseTimeout))?;
        }
    }
    drop(wait);
    let response = match reply.get() {
        Some(Ok(Ok(response))) => response,
        Some(Ok(Err(code))) => return Err(before_reply(code)),
        Some(Err(())) | None => return Err(internal("no reply")),
    };
    open(response, time_keeper, timeouts.between_bytes, url)
}

fn fields<'a>(headers: impl Iterator<Item = &'a (String, String)>) -> Result<Fields, Error> {
    let fields = Fields::new();
    for (name, value) in headers {
        fields.append(name, value.as_bytes()).map_err(|_| {
            Error::unsupported(&format!(
                "the header `{name}` (the plugin host does not let it through)"
            ))
        })?;
    }
    Ok(fields)
}

/// Who watches over the timeouts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeKeeper {
    /// The host took them: a call that blocks comes back in time.
    Host,
    /// The host refused them, as `wasi:http` allows it to.
    Component,
}

fn request_options(timeouts: &Timeouts) -> (RequestOptions, TimeKeeper) {
    let options = RequestOptions::new();
    let taken = [
        options.set_connect_timeout(Some(nanoseconds(timeouts.connect))),
        options.set_first_byte_timeout(Some(nanoseconds(timeouts.first_byte))),
        options.set_between_bytes_timeout(Some(nanoseconds(timeouts.between_bytes))),
    ];
    let keeper = if taken.iter().all(Result::is_ok) {
        TimeKeeper::Host
    } else {
        TimeKeeper::Component
    };
    (options, keeper)
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), StreamError> {
    let closed = |()| StreamError::Closed;
    let stream = body.write().map_err(closed)?;
    write_all(&stream, bytes)?;
    drop(stream); // a child of the body: it must go first
    OutgoingBody::finish(body, None).map_err(|_| StreamError::Closed)
}

fn write_all(stream: &OutputStream, bytes: &[u8]) -> Result<(), StreamError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        if room == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
        stream.write(now)?;
        rest = later;
    }
    stream.blocking_flush()
}

fn open(
    response: IncomingResponse,
    time_keeper: TimeKeeper,
    between_bytes: Duration,
    url: &str,
) -> Result<(ReplyHead, Body), Error> {
    let internal = || Error::after_sending(ErrorKind::Internal, "the reply's body cannot be read");
    let head = ReplyHead {
        status: response.status(),
        headers: response
            .headers()
            .entries()
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
            .collect(),
    };
    let body = response.consume().map_err(|()| internal())?;
    let stream = body.stream().map_err(|()| internal())?;
    Ok((
        head,
        Body {
            stream,
            _parents: (body, response),
            time_keeper,
            between_bytes,
            url: url.to_owned(),
            secrets: Secrets::default(),
        },
    ))
}

/// The body of a reply. Dropping it closes the exchange.
pub(super) struct Body {
    // A child of the body, which is one of the response: each must be dropped
    // before its parent, as the order of the fields has it.
    stream: InputStream,
    _parents: (IncomingBody, IncomingResponse),
    time_keeper: TimeKeeper,
    between_bytes: Duration,
    url: String,
    /// What is to be kept out of every text about this reply: the call's
    /// secrets, and the signature of the attempt.
    pub(super) secrets: Secrets,
}

/// What came of waiting for more of a body.
pub(super) enum Read {
    Bytes(Vec<u8>),
    End,
}

impl Body {
    /// Waits for more bytes and takes all that have arrived.
    pub(super) fn read(&self) -> Result<Read, Error> {
        match self.time_keeper {
            TimeKeeper::Host => {}
            TimeKeeper::Component => self.wait(self.between_bytes)?,
        }
        self.take(self.stream.blocking_read(READ_BYTES))
    }

    /// As [`Body::read`], but waits no longer than `limit`.
    pub(super) fn read_within(&self, limit: Duration) -> Result<Read, Error> {
        self.wait(limit)?;
        self.take(self.stream.read(READ_BYTES))
    }

    fn wait(&self, limit: Duration) -> Result<(), Error> {
        wait_at_most(&self.stream.subscribe(), limit)
            .map_err(|Elapsed| self.failed(&ErrorCode::ConnectionReadTimeout))
    }

    fn take(&self, outcome: Result<Vec<u8>, StreamError>) -> Result<Read, Error> {
        match outcome {
            Ok(bytes) => Ok(Read::Bytes(bytes)),
            Err(StreamError::Closed) => Ok(Read::End),
            Err(StreamError::LastOperationFailed(error)) => {
                let code = http_error_code(&error).unwrap_or(ErrorCode::HttpResponseIncomplete);
                Err(self.failed(&code))
            }
        }
    }

    fn failed(&self, code: &ErrorCode) -> Error {
        failure::error(code, Stage::WithinReply, &self.url)
    }

    /// Reads what is left, if it comes at once, so that the host can use the
    /// connection again.
    pub(super) fn drain(&self) {
        /// The end of a body comes with its last bytes or not at all.
        const PATIENCE: Duration = Duration::from_millis(50);
        /// An end mark, a few comments.
        const READS: u8 = 4;
        for _ in 0..READS {
            match self.read_within(PATIENCE) {
                Ok(Read::Bytes(_)) => {}
                Ok(Read::End) | Err(_) => return,
            }
        }
    }
}

struct Elapsed;

fn wait_at_most(pollable: &Pollable, limit: Duration) -> Result<(), Elapsed> {
    let timer = monotonic_clock::subscribe_duration(nanoseconds(limit));
    if poll(&[pollable, &timer]).contains(&0) {
        Ok(())
    } else {
        Err(Elapsed)
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
