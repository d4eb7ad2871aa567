//! A request, sent until it is answered: each attempt signed anew, failures
//! repeated where that is safe, refusals read and explained.

use core::time::Duration;

use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::random::random;

use super::transport::{self, Body, Read};
use crate::authentication::{Attempt, Moment};
use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http::{ReplyHead, Request};
use crate::reply::refusal;
use crate::retry;

/// Sends a request and waits for the head of a reply that accepts it. `url`
/// is the address for messages.
pub(super) fn run(
    request: &Request,
    credentials: &Credentials,
    call: &Call,
    url: &str,
) -> Result<(ReplyHead, Body), Error> {
    let start = monotonic_clock::now();
    let mut repeats = 0_u32;
    loop {
        let error = match attempt(request, credentials, call, url) {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let elapsed = elapsed(start);
        let Some(wait) = retry::wait(
            &error,
            call.max_retries,
            repeats,
            elapsed,
            random::get_random_u64(),
        ) else {
            return Err(error);
        };
        monotonic_clock::subscribe_duration(transport::nanoseconds(wait)).block();
        repeats = repeats.saturating_add(1);
    }
}

fn attempt(
    request: &Request,
    credentials: &Credentials,
    call: &Call,
    url: &str,
) -> Result<(ReplyHead, Body), Error> {
    let authentication = &credentials.authentication;
    let moment = moment();
    let signature = authentication.sign(request, &moment);
    let (head, mut body) = transport::send(request, &signature, &call.timeouts, url)?;
    let own = authentication.signature(&signature);
    body.secrets = call.secrets.with_possible_secrets(own);
    if head.is_success() {
        return Ok((head, body));
    }
    let mut error = refused(&head, &body, url);
    let attempt = Attempt {
        request,
        signature: &signature,
        moment: &moment,
    };
    authentication.explain(&mut error, &attempt, &head, &body.secrets);
    Err(error)
}

fn moment() -> Moment {
    let now = wall_clock::now();
    let unix_ms = now
        .seconds
        .saturating_mul(1000)
        .saturating_add(u64::from(now.nanoseconds / 1_000_000));
    let (high, low) = (random::get_random_u64(), random::get_random_u64());
    let bits = (u128::from(high) << 64) | u128::from(low);
    Moment::new(unix_ms, bits.to_be_bytes())
}

fn refused(head: &ReplyHead, body: &Body, url: &str) -> Error {
    /// Status and headers say most of it; the body is not worth a long wait.
    const PATIENCE: Duration = Duration::from_secs(5);
    let start = monotonic_clock::now();
    let mut bytes = Vec::new();
    while bytes.len() < refusal::MAX_BODY_BYTES
        && let Some(left) = PATIENCE.checked_sub(elapsed(start))
        && let Ok(Read::Bytes(more)) = body.read_within(left)
    {
        bytes.extend(more);
    }
    bytes.truncate(refusal::MAX_BODY_BYTES);
    refusal::error(head, &bytes, url, &body.secrets)
}

/// Time since a reading of the monotonic clock.
pub(super) fn elapsed(since: u64) -> Duration {
    Duration::from_nanos(monotonic_clock::now().saturating_sub(since))
}
