//! The times of one call, as `reply-info` tells them.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use super::clock::elapsed;

/// The times of one call, in milliseconds since its start.
pub(super) struct Stopwatch {
    start: u64,
    pub(super) first_byte_ms: Option<u64>,
    pub(super) total_ms: Option<u64>,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self {
            start: monotonic_clock::now(),
            first_byte_ms: None,
            total_ms: None,
        }
    }

    pub(super) fn note_first_byte(&mut self) {
        if self.first_byte_ms.is_none() {
            self.first_byte_ms = Some(milliseconds(elapsed(self.start)));
        }
    }

    pub(super) fn stop(&mut self) {
        self.total_ms
            .get_or_insert(milliseconds(elapsed(self.start)));
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
