//! The times of a call, added to its response metadata.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use super::clock::{elapsed, nanoseconds};
use crate::bindings::types;
use crate::convert;
use provider_core::response::ResponseMetadata;

/// The times of a call, in milliseconds since its start.
pub(crate) struct Timings {
    start: u64,
    first_byte_ms: Option<u64>,
    total_ms: Option<u64>,
}

impl Timings {
    pub(crate) fn start() -> Self {
        Self {
            start: monotonic_clock::now(),
            first_byte_ms: None,
            total_ms: None,
        }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        elapsed(self.start)
    }

    pub(crate) fn note_first_byte(&mut self) {
        if self.first_byte_ms.is_none() {
            self.first_byte_ms = Some(milliseconds(self.elapsed()));
        }
    }

    pub(crate) fn stop(&mut self) {
        self.total_ms.get_or_insert(milliseconds(self.elapsed()));
    }

    /// The response metadata with the times so far.
    pub(crate) fn timed(&self, info: ResponseMetadata) -> types::ResponseMetadata {
        convert::response_metadata(info, self.first_byte_ms, self.total_ms)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    nanoseconds(duration) / 1_000_000
}
