//! A single HTTP request over `wasi:http`.

use core::cell::{OnceCell, RefCell};
use core::time::Duration;

use wasi::clocks::monotonic_clock;
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method,
    OutgoingRequest, RequestOptions, Scheme,
};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::{InputStream, StreamError};

use super::clock;
use super::error_code::{self, Stage};
use super::outgoing_body::{BodyWriter, Progress};
use super::poll_set::PollSet;
use provider_core::error::{Error, ErrorKind};
use provider_core::http::{self, ResponseHead};
use provider_core::secret::Secrets;
use provider_core::timeouts::Timeouts;

/// Largest read, in bytes. A read returns what has arrived, so the bound limits
/// memory and adds no delay.
const READ_BYTES: u64 = 256 << 10;

/// How long to keep sending the request body after the response head has
/// arrived: the server may have rejected the request unread.
const EARLY_RESPONSE_PATIENCE: Duration = Duration::from_secs(1);

/// How often the timer of a read ticks within the between-bytes timeout.
const PERIODS: u32 = 4;

/// The head of a response, and its unread body.
pub(crate) type Response = (ResponseHead, Body);

/// A request whose response has not arrived.
pub(crate) struct Pending {
    request_body: BodyWriter,
    response: FutureIncomingResponse,
    /// A response that arrived before the request body was sent.
    early: Option<IncomingResponse>,
    /// The deadline, on the monotonic clock.
    deadline: u64,
    /// Whether it has advanced before: until then the deadline is far.
    has_advanced: bool,
    between_bytes: Duration,
    url: String,
}

/// Starts to send a request with its signature headers. `url` is used in error
/// messages; `now` is an instant of the monotonic clock.
pub(crate) fn send(
    request: &http::Request,
    signature: &[(String, String)],
    timeouts: &Timeouts,
    url: &str,
    now: u64,
) -> Result<Pending, Error> {
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
        .map_err(|()| bad_endpoint(url))?;
    outgoing
        .set_path_with_query(Some(&request.path_and_query))
        .map_err(|()| bad_endpoint(url))?;
    let body = outgoing.body().map_err(|()| internal("body"))?;

    let options = request_options(timeouts);
    let response = outgoing_handler::handle(outgoing, Some(options))
        .map_err(|code| error_code::error(&code, Stage::BeforeResponse, url))?;
    let limit = timeouts.connect.saturating_add(timeouts.first_byte);
    Ok(Pending {
        request_body: BodyWriter::new(body),
        response,
        early: None,
        deadline: now.saturating_add(clock::nanoseconds(limit)),
        has_advanced: false,
        between_bytes: timeouts.between_bytes,
        url: url.to_owned(),
    })
}

fn internal(what: &str) -> Error {
    Error::before_sending(
        ErrorKind::Internal,
        format!("cannot build the request: {what}"),
    )
}

/// The host does not send to the address that `endpoint_url` names.
fn bad_endpoint(url: &str) -> Error {
    Error::before_sending(
        ErrorKind::InvalidCredentials,
        format!(
            "`endpoint_url`: the plugin host does not accept the address {url}; correct it, or use a host name in place of an IP address"
        ),
    )
    .with_field("endpoint_url")
}

impl Pending {
    /// Advances without blocking: sends more of the request body and checks for
    /// the response. `None` if it has not arrived.
    pub(crate) fn advance(&mut self, body: &[u8]) -> Result<Option<Response>, Error> {
        let progress = self.request_body.advance(body);
        let is_first = !core::mem::replace(&mut self.has_advanced, true);
        if self.early.is_none() {
            self.early = match self.response.get() {
                None => None,
                Some(Ok(Ok(response))) if progress == Progress::Done => {
                    return self.open(response).map(Some);
                }
                Some(Ok(Ok(response))) => {
                    self.deadline = clock::after(EARLY_RESPONSE_PATIENCE);
                    Some(response)
                }
                Some(Ok(Err(code))) => {
                    return Err(error_code::error(&code, Stage::BeforeResponse, &self.url));
                }
                Some(Err(())) => return Err(internal("no response")),
            };
        }
        match (self.early.take(), progress) {
            (Some(response), Progress::Done) => self.open(response).map(Some),
            (Some(response), _) if clock::has_come(self.deadline) => self.open(response).map(Some),
            (Some(response), progress) => {
                if let Progress::Moved = progress {
                    self.deadline = clock::after(EARLY_RESPONSE_PATIENCE);
                }
                self.early = Some(response);
                Ok(None)
            }
            (None, _) if !is_first && clock::has_come(self.deadline) => Err(error_code::error(
                &ErrorCode::HttpResponseTimeout,
                Stage::BeforeResponse,
                &self.url,
            )),
            (None, _) => Ok(None),
        }
    }

    /// Adds the pollables and the deadline that [`Pending::advance`] waits for.
    pub(crate) fn subscribe_in(&self, poll_set: &mut PollSet) {
        poll_set.until(self.deadline);
        if let Some(pollable) = self.request_body.subscribe() {
            poll_set.on(pollable);
        }
        if self.early.is_none() {
            poll_set.on(self.response.subscribe());
        }
    }

    fn open(&mut self, response: IncomingResponse) -> Result<Response, Error> {
        let internal =
            || Error::after_sending(ErrorKind::Internal, "the response body cannot be read");
        let head = ResponseHead {
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
        let body = Body {
            pollable: OnceCell::new(),
            ticker: RefCell::new(None),
            stream,
            _parents: (body, response),
            _unsent: core::mem::replace(&mut self.request_body, BodyWriter::done()),
            between_bytes: self.between_bytes,
            url: core::mem::take(&mut self.url),
            secrets: Secrets::default(),
        };
        Ok((head, body))
    }
}

/// The header fields in one call to the host.
fn fields<'a>(
    headers: impl Iterator<Item = &'a (String, String)> + Clone,
) -> Result<Fields, Error> {
    let list: Vec<(String, Vec<u8>)> = headers
        .clone()
        .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
        .collect();
    Fields::from_list(&list).map_err(|_| rejected(headers))
}

/// The error for the first header that the host rejects.
fn rejected<'a>(mut headers: impl Iterator<Item = &'a (String, String)>) -> Error {
    let fields = Fields::new();
    let name = headers
        .find(|(name, value)| fields.append(name, value.as_bytes()).is_err())
        .map_or("", |(name, _)| name);
    Error::unsupported(&format!(
        "the header `{name}` (rejected by the plugin host)"
    ))
}

/// The options of a request. A host that does not support one of the timeouts
/// leaves it to the component, which keeps time in any case.
fn request_options(timeouts: &Timeouts) -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(clock::nanoseconds(timeouts.connect)));
    let _ = options.set_first_byte_timeout(Some(clock::nanoseconds(timeouts.first_byte)));
    let _ = options.set_between_bytes_timeout(Some(clock::nanoseconds(timeouts.between_bytes)));
    options
}

/// The body of a response. Dropping it closes the connection.
pub(crate) struct Body {
    // A child of the stream, dropped before it, and a timer. They are kept from
    // one wait to the next.
    pollable: OnceCell<Pollable>,
    ticker: RefCell<Option<Pollable>>,
    // The stream is a child of the body, which is a child of the response.
    // Fields are dropped in order, so children are dropped before their
    // parents.
    stream: InputStream,
    _parents: (IncomingBody, IncomingResponse),
    // The unsent rest of the request body. It is kept until the response is
    // read: some hosts close the connection when it is dropped.
    _unsent: BodyWriter,
    between_bytes: Duration,
    url: String,
    /// Secrets to mask in texts of the response: those of the call, and the
    /// signature.
    pub(crate) secrets: Secrets,
}

/// The result of reading a body.
pub(crate) enum Read {
    Bytes(Vec<u8>),
    End,
}

impl Body {
    /// Blocks until bytes arrive and returns all that have arrived.
    ///
    /// Some hosts accept the between-bytes timeout and ignore it, so the
    /// component keeps time too, by a timer that ticks and is kept from one read
    /// to the next: a read takes two host calls. The wait ends between one and
    /// one and a quarter times the timeout, after that of a host that keeps it.
    pub(crate) fn read(&self) -> Result<Read, Error> {
        let period = self.between_bytes / PERIODS;
        let pollable = self.pollable.get_or_init(|| self.stream.subscribe());
        let mut kept = self.ticker.borrow_mut();
        let mut ticks = 0_u32;
        loop {
            let ticker = kept.get_or_insert_with(|| timer(period));
            if poll(&[pollable, ticker]).contains(&0) {
                break;
            }
            *kept = None;
            ticks = ticks.saturating_add(1);
            // The first tick may come at once: the timer was started earlier.
            if ticks > PERIODS {
                return Err(self.stalled());
            }
        }
        match self.stream.read(READ_BYTES) {
            // Ended by the host's timer, which may have started before this wait.
            Err(StreamError::LastOperationFailed(_)) if ticks >= PERIODS.saturating_sub(1) => {
                Err(self.stalled())
            }
            outcome => self.take(outcome),
        }
    }

    /// Like [`Body::read`], but blocks for at most `limit`.
    pub(crate) fn read_within(&self, limit: Duration) -> Result<Read, Error> {
        let pollable = self.pollable.get_or_init(|| self.stream.subscribe());
        if poll(&[pollable, &timer(limit)]).contains(&0) {
            self.read_arrived()
        } else {
            Err(self.stalled())
        }
    }

    /// Returns what has arrived, without blocking; no bytes if nothing has.
    pub(crate) fn read_arrived(&self) -> Result<Read, Error> {
        self.take(self.stream.read(READ_BYTES))
    }

    /// A pollable that is ready when there are more bytes, or the body has
    /// ended.
    pub(crate) fn subscribe(&self) -> Pollable {
        self.stream.subscribe()
    }

    /// Adds the pollable that is ready when there are more bytes.
    pub(crate) fn subscribe_in(&self, poll_set: &mut PollSet) {
        poll_set.on(self.stream.subscribe());
    }

    /// The error for a response that exceeded the between-bytes timeout.
    pub(crate) fn stalled(&self) -> Error {
        self.failed(&ErrorCode::ConnectionReadTimeout)
    }

    fn take(&self, outcome: Result<Vec<u8>, StreamError>) -> Result<Read, Error> {
        match outcome {
            Ok(bytes) => Ok(Read::Bytes(bytes)),
            Err(StreamError::Closed) => Ok(Read::End),
            // The error is not asked for its code: some hosts fail at that.
            Err(StreamError::LastOperationFailed(_)) => {
                Err(self.failed(&ErrorCode::HttpResponseIncomplete))
            }
        }
    }

    fn failed(&self, code: &ErrorCode) -> Error {
        error_code::error(code, Stage::WithinResponse, &self.url)
    }

    /// Reads the rest of the body if it arrives at once, so that the host can
    /// reuse the connection.
    pub(crate) fn drain(&self) {
        /// The end of a body arrives with its last bytes or not at all.
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

/// A pollable that is ready after this time.
fn timer(period: Duration) -> Pollable {
    monotonic_clock::subscribe_duration(clock::nanoseconds(period))
}
