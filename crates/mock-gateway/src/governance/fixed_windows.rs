//! Counters in fixed windows of time, which the plugins keep in Redis: the
//! remaining time is rounded as Redis rounds it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::limit::Limit;

/// The counters of one plugin. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct FixedWindows(Arc<Mutex<HashMap<String, Window>>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    /// What is left; negative if more was taken.
    left: i64,
    /// Milliseconds since 1970.
    ends_at: u64,
}

/// The state of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// What may still be taken; below zero if more was.
    pub(super) left: i64,
    /// Seconds until the window ends, rounded to the nearest: 0 in the last
    /// half second.
    pub(super) resets_in: u64,
}

impl FixedWindows {
    /// Takes from the window of a key, and opens a new window if it is over. A
    /// rejected caller takes too.
    pub(super) fn take(
        &self,
        key: String,
        limit: Limit,
        amount: u64,
        unix_milliseconds: u64,
    ) -> Reading {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.retain(|_, window| window.ends_at > unix_milliseconds);
        let window = windows.entry(key).or_insert_with(|| Window {
            left: i64::try_from(limit.count).unwrap_or(i64::MAX),
            ends_at: unix_milliseconds.saturating_add(limit.window_seconds.saturating_mul(1_000)),
        });
        window.left = window
            .left
            .saturating_sub(i64::try_from(amount).unwrap_or(i64::MAX));
        let remaining = window.ends_at.saturating_sub(unix_milliseconds);
        Reading {
            left: window.left,
            resets_in: remaining.saturating_add(500) / 1_000,
        }
    }
}

/// A caller's window.
#[derive(Clone, Debug)]
pub(super) struct WindowAccount {
    pub(super) windows: FixedWindows,
    pub(super) key: String,
    pub(super) limit: Limit,
}

impl WindowAccount {
    /// Charges a response to the current window, which may be later than that
    /// of the request.
    pub(super) fn take(self, tokens: u64, unix_milliseconds: u64) {
        self.windows
            .take(self.key, self.limit, tokens, unix_milliseconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(windows: &FixedWindows, key: &str, now: u64) -> (i64, u64) {
        let reading = windows.take(key.to_owned(), Limit::new(2, 10), 1, now);
        (reading.left, reading.resets_in)
    }

    #[test]
    fn a_window_opens_with_its_first_taker_and_starts_anew_when_it_is_over() {
        let windows = FixedWindows::default();
        assert_eq!(take(&windows, "a", 1_000), (1, 10));
        assert_eq!(take(&windows, "a", 4_000), (0, 7));
        assert_eq!(take(&windows, "a", 10_499), (-1, 1));
        assert_eq!(take(&windows, "a", 10_501), (-2, 0));
        assert_eq!(take(&windows, "a", 11_000), (1, 10));
    }

    #[test]
    fn keys_have_windows_of_their_own_and_clones_share_them() {
        let windows = FixedWindows::default();
        assert_eq!(take(&windows, "a", 0), (1, 10));
        assert_eq!(take(&windows.clone(), "a", 0), (0, 10));
        assert_eq!(take(&windows, "b", 0), (1, 10));
    }
}
