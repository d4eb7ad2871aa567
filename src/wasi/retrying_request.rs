//! A request with retries: each attempt is signed anew, safe failures are
//! retried, error responses are read and explained.
//!
//! A [`RetryingRequest`] never blocks, so that several can be in flight.

use core::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::random::random;

use super::client::{self, Body, Pending, Read, Response};
use super::clock;
use super::poll_set::PollSet;
use provider_core::authentication::{SignedRequest, SigningContext};
use provider_core::call_options::{ResolvedOptions, RetryPolicy};
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::http::{Request, ResponseHead};
use provider_core::response::error_response;
use provider_core::retry;

/// Sends a request and blocks until the head of a success response.
#[inline(never)] // one copy for all kinds
pub(crate) fn run(
    request: Request,
    credentials: &Credentials,
    options: &ResolvedOptions,
) -> Result<Response, Error> {
    let mut request = RetryingRequest::new(request, credentials, options);
    loop {
        if let Some(response) = request.advance()? {
            return Ok(response);
        }
        let mut poll_set = PollSet::new();
        request.subscribe_in(&mut poll_set);
        poll_set.block();
    }
}

/// A request that is sent until it succeeds or may not be retried.
pub(crate) struct RetryingRequest<'a> {
    request: Request,
    credentials: &'a Credentials,
    options: &'a ResolvedOptions,
    /// Used in messages.
    url: String,
    start: u64,
    repeats: u32,
    /// An earlier attempt may have reached the server.
    was_sent: bool,
    /// The signature of the last attempt.
    signature: Signature,
    state: State,
}

enum State {
    /// Nothing has been sent.
    Ready,
    /// The next attempt starts at this instant of the monotonic clock.
    BackingOff(u64),
    /// An attempt is in flight.
    Sent(Pending),
    /// The server returned an error; its body is being read.
    Refused(Refusal),
}

/// The signature of an attempt.
#[derive(Default)]
struct Signature {
    headers: Vec<(String, String)>,
    context: SigningContext,
}

struct Refusal {
    head: ResponseHead,
    body: Body,
    /// The part of the body that has arrived.
    bytes: Vec<u8>,
    /// When to stop reading.
    deadline: u64,
}

impl<'a> RetryingRequest<'a> {
    /// Nothing is sent before [`RetryingRequest::advance`].
    pub(crate) fn new(
        request: Request,
        credentials: &'a Credentials,
        options: &'a ResolvedOptions,
    ) -> Self {
        Self {
            url: request.display_url(),
            request,
            credentials,
            options,
            start: monotonic_clock::now(),
            repeats: 0,
            was_sent: false,
            signature: Signature::default(),
            state: State::Ready,
        }
    }

    /// Advances without blocking. `None` if the response has not arrived. Must
    /// not be called again after a response or an error.
    pub(crate) fn advance(&mut self) -> Result<Option<Response>, Error> {
        loop {
            let step = match &mut self.state {
                State::Ready => self.send(self.start),
                State::BackingOff(instant) => {
                    let now = monotonic_clock::now();
                    if now < *instant {
                        return Ok(None);
                    }
                    self.send(now)
                }
                State::Sent(pending) => match pending.advance(&self.request.body) {
                    Ok(None) => return Ok(None),
                    Ok(Some((head, mut body))) => {
                        let own = self
                            .credentials
                            .authentication
                            .signature(&self.signature.headers);
                        body.secrets = self.options.secrets.with_possible_secrets(own);
                        if head.is_success() {
                            return Ok(Some((head, body)));
                        }
                        Ok(State::Refused(Refusal::new(head, body)))
                    }
                    Err(error) => Err(error),
                },
                State::Refused(refusal) => {
                    if !refusal.is_read() {
                        return Ok(None);
                    }
                    Err(refusal.error(&self.request, &self.signature, self.credentials, &self.url))
                }
            };
            self.state = match step {
                Ok(state) => state,
                Err(error) => self.back_off(error)?,
            };
        }
    }

    /// Adds the pollables and the deadline that [`RetryingRequest::advance`]
    /// waits for.
    pub(crate) fn subscribe_in(&self, poll_set: &mut PollSet) {
        match &self.state {
            State::Ready => poll_set.until(0),
            State::BackingOff(instant) => poll_set.until(*instant),
            State::Sent(pending) => pending.subscribe_in(poll_set),
            State::Refused(refusal) => {
                poll_set.until(refusal.deadline);
                refusal.body.subscribe_in(poll_set);
            }
        }
    }

    /// Starts an attempt, now.
    fn send(&mut self, now: u64) -> Result<State, Error> {
        let authentication = &self.credentials.authentication;
        let random = if authentication.has_nonce() {
            random_bytes()
        } else {
            [0; 16]
        };
        let context = SigningContext::new(unix_ms(), random);
        let headers = authentication.sign(&self.request, &context);
        let timeouts = &self.options.timeouts;
        let pending = client::send(&self.request, &headers, timeouts, &self.url, now)?;
        self.signature = Signature { headers, context };
        Ok(State::Sent(pending))
    }

    /// The wait before the next attempt, or the error if it may not be retried.
    fn back_off(&mut self, mut error: Error) -> Result<State, Error> {
        error.request_sent |= self.was_sent;
        self.was_sent = error.request_sent;
        let may_repeat = match self.options.retry_policy {
            RetryPolicy::WhenNotProcessed => true,
            RetryPolicy::WhenNotSent => !error.request_sent,
        };
        if !may_repeat {
            return Err(error);
        }
        let wait = retry::wait(
            &error,
            self.options.max_retries,
            self.repeats,
            clock::elapsed(self.start),
            random::get_random_u64(),
        );
        let wait = wait.ok_or(error)?;
        self.repeats = self.repeats.saturating_add(1);
        Ok(State::BackingOff(clock::after(wait)))
    }
}

impl Refusal {
    fn new(head: ResponseHead, body: Body) -> Self {
        /// Status and headers describe most errors; the body is not worth a
        /// long wait.
        const PATIENCE: Duration = Duration::from_secs(5);
        Self {
            head,
            body,
            bytes: Vec::new(),
            deadline: clock::after(PATIENCE),
        }
    }

    /// The error that the response describes, with a diagnosis of the
    /// signature.
    fn error(
        &self,
        request: &Request,
        signature: &Signature,
        credentials: &Credentials,
        url: &str,
    ) -> Error {
        let secrets = &self.body.secrets;
        let now = Some(wall_clock::now().seconds);
        let mut error = error_response::error_at(&self.head, &self.bytes, url, now, secrets);
        let signed = SignedRequest {
            request,
            signature: &signature.headers,
            context: &signature.context,
        };
        let authentication = &credentials.authentication;
        authentication.explain(&mut error, &signed, &self.head, secrets);
        error
    }

    /// Reads without blocking. Returns whether enough of the body has arrived.
    fn is_read(&mut self) -> bool {
        while self.bytes.len() < error_response::MAX_BODY_BYTES {
            match self.body.read_arrived() {
                Ok(Read::Bytes(bytes)) if bytes.is_empty() => {
                    return clock::has_come(self.deadline);
                }
                Ok(Read::Bytes(bytes)) => self.bytes.extend(bytes),
                Ok(Read::End) | Err(_) => return true,
            }
        }
        self.bytes.truncate(error_response::MAX_BODY_BYTES);
        true
    }
}

fn unix_ms() -> u64 {
    let now = wall_clock::now();
    now.seconds
        .wrapping_mul(1000)
        .wrapping_add(u64::from(now.nanoseconds / 1_000_000))
}

fn random_bytes() -> [u8; 16] {
    let (high, low) = (random::get_random_u64(), random::get_random_u64());
    ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
}
