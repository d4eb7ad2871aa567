//! Whether and when to retry a request. A retry is safe if no part of a
//! response was used and the request was not processed, according to the server
//! or the transport.

use core::time::Duration;

use crate::error::{Error, ErrorKind};

/// Maximum number of retries of a request.
pub const MAX_RETRIES: u32 = 10;

/// Longest wait that a server can request. If it requests more, the error is
/// returned instead.
const MAX_SERVER_WAIT_MS: u64 = 20_000;

/// Maximum time from the first attempt to the start of the last one.
const MAX_TOTAL: Duration = Duration::from_mins(1);

/// First wait if the server requests none; it doubles with each retry.
const FIRST_WAIT_MS: u64 = 500;

/// Longest wait if the server requests none.
const MAX_OWN_WAIT_MS: u64 = 8_000;

/// How long to wait before a retry, or `None` if the request must not be
/// retried.
///
/// `repeats` is the number of retries so far, `elapsed` the time since the
/// first attempt. `random` is any number, which adds jitter.
#[must_use]
pub fn wait(
    error: &Error,
    max_retries: u32,
    repeats: u32,
    elapsed: Duration,
    random: u64,
) -> Option<Duration> {
    if repeats >= max_retries || !is_safe(error) {
        return None;
    }
    let wait_ms = match error.retry_after_ms {
        Some(requested) if requested > MAX_SERVER_WAIT_MS => return None,
        Some(requested) if requested > 0 => requested,
        Some(_) | None => {
            let doubled =
                FIRST_WAIT_MS.saturating_mul(1_u64.checked_shl(repeats).unwrap_or(u64::MAX));
            let wait = doubled.min(MAX_OWN_WAIT_MS);
            // Between three quarters of the wait and all of it.
            wait.saturating_sub(random.checked_rem(wait / 4).unwrap_or(0))
        }
    };
    let wait = Duration::from_millis(wait_ms);
    (elapsed.saturating_add(wait) <= MAX_TOTAL).then_some(wait)
}

fn is_safe(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Connection | ErrorKind::Timeout if !error.request_sent => true,
        ErrorKind::RateLimited => true,
        ErrorKind::ServerUnavailable | ErrorKind::Timeout => error.stated.not_processed,
        ErrorKind::InvalidCredentials
        | ErrorKind::InvalidRequest
        | ErrorKind::Authorization
        | ErrorKind::BadRequest
        | ErrorKind::NotFound
        | ErrorKind::QuotaExhausted
        | ErrorKind::ContentBlocked
        | ErrorKind::Connection
        | ErrorKind::Protocol
        | ErrorKind::Unsupported
        | ErrorKind::Internal => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(kind: ErrorKind, status: u16, message: &str) -> Error {
        let mut error = Error::after_sending(kind, message);
        error.status = Some(status);
        error
    }

    fn not_processed(kind: ErrorKind) -> Error {
        let mut error = sent(kind, 503, "no");
        error.stated.not_processed = true;
        error
    }

    fn first_wait(error: &Error) -> Option<Duration> {
        wait(error, 1, 0, Duration::ZERO, 0)
    }

    #[test]
    fn only_what_was_not_processed_is_repeated() {
        for (error, repeated) in [
            (
                Error::before_sending(ErrorKind::Connection, "refused"),
                true,
            ),
            (
                Error::before_sending(ErrorKind::Timeout, "no connection"),
                true,
            ),
            (Error::after_sending(ErrorKind::Connection, "broke"), false),
            (
                Error::after_sending(ErrorKind::Timeout, "no response"),
                false,
            ),
            (Error::protocol("cut off"), false),
            (sent(ErrorKind::RateLimited, 429, "too many"), true),
            (not_processed(ErrorKind::ServerUnavailable), true),
            (not_processed(ErrorKind::Timeout), true),
            (not_processed(ErrorKind::Protocol), false),
            (
                // The words alone state nothing.
                sent(ErrorKind::ServerUnavailable, 503, "no healthy upstream"),
                false,
            ),
            (
                sent(ErrorKind::Timeout, 504, "upstream request timeout"),
                false,
            ),
            (sent(ErrorKind::Authorization, 401, "no"), false),
        ] {
            assert_eq!(first_wait(&error).is_some(), repeated, "{error:?}");
        }
    }

    #[test]
    fn the_servers_word_on_waiting_is_honoured_within_reason() {
        let mut error = sent(ErrorKind::RateLimited, 429, "too many");
        error.retry_after_ms = Some(7_000);
        assert_eq!(first_wait(&error), Some(Duration::from_secs(7)));
        error.retry_after_ms = Some(60_000);
        assert_eq!(first_wait(&error), None);
    }

    #[test]
    fn waits_double_and_are_spread() {
        let error = sent(ErrorKind::RateLimited, 429, "too many");
        let ms = |repeats, random| {
            wait(&error, 10, repeats, Duration::ZERO, random).map_or(0, |wait| wait.as_millis())
        };
        assert_eq!(
            [ms(0, 0), ms(1, 0), ms(2, 0), ms(9, 0)],
            [500, 1_000, 2_000, 8_000]
        );
        assert_eq!(ms(0, 124), 376);
        assert!(ms(3, u64::MAX) >= 3_000);
    }

    #[test]
    fn it_ends_after_the_last_repeat_and_after_a_minute() {
        let error = sent(ErrorKind::RateLimited, 429, "too many");
        assert_eq!(wait(&error, 2, 2, Duration::ZERO, 0), None);
        assert_eq!(wait(&error, 0, 0, Duration::ZERO, 0), None);
        assert_eq!(wait(&error, 9, 1, Duration::from_mins(1), 0), None);
    }
}
