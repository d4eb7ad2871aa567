//! A request, sent until it is answered: each attempt signed anew, failures
//! repeated where that is safe, refusals read and explained.
//!
//! An [`Exchange`] never waits by itself, so that several can be under way.

use core::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::random::random;

use super::clock;
use super::transport::{self, Body, Pending, Read, Response};
use super::wait::Wait;
use provider_core::authentication::{Attempt, Moment};
use provider_core::call_options::{Call, Repeats};
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::http::{Request, ResponseHead};
use provider_core::response::refusal;
use provider_core::retry;

/// Sends a request and waits for the head of a response that accepts it. `url`
/// is the address for messages.
pub(super) fn run(
    request: Request,
    credentials: &Credentials,
    call: &Call,
) -> Result<Response, Error> {
    let mut exchange = Exchange::new(request, credentials, call);
    loop {
        if let Some(response) = exchange.advance()? {
            return Ok(response);
        }
        let mut wait = Wait::new();
        exchange.wait_in(&mut wait);
        wait.block();
    }
}

/// A request on its way to a response that accepts it.
pub(super) struct Exchange<'a> {
    request: Request,
    credentials: &'a Credentials,
    call: &'a Call,
    /// For messages.
    url: String,
    start: u64,
    repeats: u32,
    /// An earlier attempt may have reached the server.
    was_sent: bool,
    /// Of the last attempt.
    signature: Signature,
    state: State,
}

enum State {
    /// Nothing has been sent.
    Ready,
    /// The next attempt starts at this point of the monotonic clock.
    BackingOff(u64),
    /// An attempt is under way.
    Sent(Pending),
    /// It was refused; why is being read.
    Refused(Refusal),
}

/// What signs an attempt.
#[derive(Default)]
struct Signature {
    headers: Vec<(String, String)>,
    moment: Moment,
}

struct Refusal {
    head: ResponseHead,
    body: Body,
    /// As much of the body as has come.
    bytes: Vec<u8>,
    /// When to make do with that.
    deadline: u64,
}

impl<'a> Exchange<'a> {
    /// Nothing is sent before [`Exchange::advance`].
    pub(super) fn new(request: Request, credentials: &'a Credentials, call: &'a Call) -> Self {
        Self {
            url: request.display_url(),
            request,
            credentials,
            call,
            start: monotonic_clock::now(),
            repeats: 0,
            was_sent: false,
            signature: Signature::default(),
            state: State::Ready,
        }
    }

    /// Goes on without waiting. None if the response has not come; after a response
    /// or an error it is over.
    pub(super) fn advance(&mut self) -> Result<Option<Response>, Error> {
        loop {
            let step = match &mut self.state {
                State::BackingOff(instant) if !clock::has_come(*instant) => return Ok(None),
                State::Ready | State::BackingOff(_) => self.send(),
                State::Sent(pending) => match pending.advance(&self.request.body) {
                    Ok(None) => return Ok(None),
                    Ok(Some((head, mut body))) => {
                        let own = self
                            .credentials
                            .authentication
                            .signature(&self.signature.headers);
                        body.secrets = self.call.secrets.with_possible_secrets(own);
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

    /// Adds what must happen before [`Exchange::advance`] gets on.
    pub(super) fn wait_in(&self, wait: &mut Wait) {
        match &self.state {
            State::Ready => wait.until(0),
            State::BackingOff(instant) => wait.until(*instant),
            State::Sent(pending) => pending.wait_in(wait),
            State::Refused(refusal) => {
                wait.until(refusal.deadline);
                refusal.body.wait_in(wait);
            }
        }
    }

    fn send(&mut self) -> Result<State, Error> {
        let authentication = &self.credentials.authentication;
        let random = if authentication.has_nonce() {
            random_bytes()
        } else {
            [0; 16]
        };
        let moment = Moment::new(unix_ms(), random);
        let headers = authentication.sign(&self.request, &moment);
        let pending = transport::send(&self.request, &headers, &self.call.timeouts, &self.url)?;
        self.signature = Signature { headers, moment };
        Ok(State::Sent(pending))
    }

    /// The wait before the next attempt, or the error if there is none.
    fn back_off(&mut self, mut error: Error) -> Result<State, Error> {
        error.request_sent |= self.was_sent;
        self.was_sent = error.request_sent;
        let may_repeat = match self.call.repeats {
            Repeats::WhereSafe => true,
            Repeats::IfUnsent => !error.request_sent,
        };
        if !may_repeat {
            return Err(error);
        }
        let wait = retry::wait(
            &error,
            self.call.max_retries,
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
        /// Status and headers say most of it; the body is not worth a long
        /// wait.
        const PATIENCE: Duration = Duration::from_secs(5);
        Self {
            head,
            body,
            bytes: Vec::new(),
            deadline: clock::after(PATIENCE),
        }
    }

    /// What it means, and what the signature has to do with it.
    fn error(
        &self,
        request: &Request,
        signature: &Signature,
        credentials: &Credentials,
        url: &str,
    ) -> Error {
        let secrets = &self.body.secrets;
        let mut error = refusal::error(&self.head, &self.bytes, url, secrets);
        let attempt = Attempt {
            request,
            signature: &signature.headers,
            moment: &signature.moment,
        };
        let authentication = &credentials.authentication;
        authentication.explain(&mut error, &attempt, &self.head, secrets);
        error
    }

    /// Reads on without waiting: whether there is enough.
    fn is_read(&mut self) -> bool {
        while self.bytes.len() < refusal::MAX_BODY_BYTES {
            match self.body.read_arrived() {
                Ok(Read::Bytes(bytes)) if bytes.is_empty() => {
                    return clock::has_come(self.deadline);
                }
                Ok(Read::Bytes(bytes)) => self.bytes.extend(bytes),
                Ok(Read::End) | Err(_) => return true,
            }
        }
        self.bytes.truncate(refusal::MAX_BODY_BYTES);
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
