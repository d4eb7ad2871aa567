//! Tasks: their ids, and when to poll them.

use core::time::Duration;

use crate::error::{Error, ErrorKind, MAX_MESSAGE_BYTES, truncate};

/// The id of a task, which is safe in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskId(String);

/// Longest id of a task, in bytes.
const MAX_ID_BYTES: usize = 128;

impl TaskId {
    /// Parses an id; `None` if it has other characters than letters, digits,
    /// `-` and `_`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_safe = (1..=MAX_ID_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_safe.then(|| Self(text.to_owned()))
    }

    /// The path of the task's state.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/api/v1/tasks/{}", self.0)
    }

    /// The path of the task's cancellation.
    #[must_use]
    pub fn cancel_path(&self) -> String {
        format!("{}/cancel", self.path())
    }

    /// Adds the task's id to an error, so that charged images can be looked up.
    #[must_use]
    pub fn in_error(&self, mut error: Error) -> Error {
        let mut message = format!("task {}: {}", self.0, error.message);
        truncate(&mut message, MAX_MESSAGE_BYTES);
        error.message = message;
        error.request_sent = true;
        error
    }

    /// The error for a task that exceeded the time limit.
    #[must_use]
    pub fn overdue(&self, limit: Duration) -> Error {
        self.in_error(Error::after_sending(
            ErrorKind::Timeout,
            format!(
                "the images were not ready within {} s, and the task's cancellation was requested; raise the first-byte limit in `timeouts`",
                limit.as_secs()
            ),
        ))
    }
}

/// The first pause before a poll. Each further one is longer by half.
const FIRST_PAUSE_MS: u64 = 500;

/// The longest pause. Servers limit the rate of polls.
const MAX_PAUSE_MS: u64 = 5_000;

/// Maximum number of consecutive failed polls.
const MAX_FAILURES: u32 = 5;

/// The schedule of polls.
#[derive(Debug)]
pub struct PollSchedule {
    pause_ms: u64,
    failures: u32,
}

impl Default for PollSchedule {
    fn default() -> Self {
        Self {
            pause_ms: FIRST_PAUSE_MS,
            failures: 0,
        }
    }
}

impl PollSchedule {
    /// The pause after a poll that found the task running.
    pub fn pause(&mut self) -> Duration {
        self.failures = 0;
        self.next()
    }

    /// The pause after a failed poll; `None` if polling is useless. Polls are
    /// not charged, so more failures are retried than for other requests.
    pub fn pause_after(&mut self, error: &Error) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        let may_pass = match error.kind {
            ErrorKind::Connection
            | ErrorKind::Timeout
            | ErrorKind::RateLimited
            | ErrorKind::ServerUnavailable
            | ErrorKind::Protocol => true,
            ErrorKind::InvalidCredentials
            | ErrorKind::InvalidRequest
            | ErrorKind::Authorization
            | ErrorKind::BadRequest
            | ErrorKind::NotFound
            | ErrorKind::QuotaExhausted
            | ErrorKind::ContentBlocked
            | ErrorKind::Unsupported
            | ErrorKind::Internal => false,
        };
        if !may_pass || self.failures > MAX_FAILURES {
            return None;
        }
        let requested = Duration::from_millis(error.retry_after_ms.unwrap_or_default());
        Some(self.next().max(requested))
    }

    fn next(&mut self) -> Duration {
        let pause = Duration::from_millis(self.pause_ms);
        let longer = self.pause_ms.saturating_add(self.pause_ms / 2);
        self.pause_ms = longer.min(MAX_PAUSE_MS);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_safe_in_a_path_is_one() {
        let id = TaskId::parse("13b1848b-5493-4c0e_8").unwrap();
        assert_eq!(id.path(), "/api/v1/tasks/13b1848b-5493-4c0e_8");
        assert_eq!(
            id.cancel_path(),
            "/api/v1/tasks/13b1848b-5493-4c0e_8/cancel"
        );
        let long = "a".repeat(129);
        for text in ["", "..", "a/b", "a?b", "a%2fb", "a b", "ä", "a\r\nb", &long] {
            assert_eq!(TaskId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn pauses_grow_to_five_seconds() {
        let mut watch = PollSchedule::default();
        let pauses: Vec<u128> = (0..9).map(|_| watch.pause().as_millis()).collect();
        assert_eq!(pauses, [500, 750, 1125, 1687, 2530, 3795, 5000, 5000, 5000]);
    }

    #[test]
    fn what_may_pass_is_waited_for_but_not_for_ever() {
        let mut watch = PollSchedule::default();
        let broke = Error::after_sending(ErrorKind::Connection, "broke");
        assert!(watch.pause_after(&broke).is_some());
        watch.pause();
        for _ in 0..MAX_FAILURES {
            assert!(watch.pause_after(&broke).is_some());
        }
        assert_eq!(watch.pause_after(&broke), None);
        let refused = Error::after_sending(ErrorKind::Authorization, "no");
        assert_eq!(PollSchedule::default().pause_after(&refused), None);
    }

    #[test]
    fn a_servers_word_on_waiting_is_heeded() {
        let mut error = Error::after_sending(ErrorKind::RateLimited, "slowly");
        error.retry_after_ms = Some(7000);
        assert_eq!(
            PollSchedule::default().pause_after(&error),
            Some(Duration::from_secs(7))
        );
    }

    #[test]
    fn an_error_names_the_task_and_stays_within_bounds() {
        let id = TaskId::parse("t-1").unwrap();
        let mut error = Error::before_sending(ErrorKind::Connection, "refused");
        error.status = Some(503);
        let error = id.in_error(error);
        assert_eq!(error.message, "task t-1: refused");
        assert_eq!((error.status, error.request_sent), (Some(503), true));
        let long = id.in_error(Error::protocol("x".repeat(9000)));
        assert!(long.message.len() <= MAX_MESSAGE_BYTES);
    }
}
