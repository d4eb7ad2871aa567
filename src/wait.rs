//! Waiting for several things at once, and for no longer than a point in time.

use wasi::clocks::monotonic_clock;
use wasi::io::poll::{Pollable, poll};

/// What is waited for. What gets ready is not told: everything that waits
/// looks for itself, which costs little and cannot be forgotten.
///
/// A pollable must go before the resource that it belongs to, so a wait is
/// made anew each time, and used up.
pub(super) struct Wait {
    pollables: Vec<Pollable>,
    /// On the monotonic clock.
    until: u64,
}

impl Wait {
    /// For nothing, without end.
    pub(super) fn new() -> Self {
        Self {
            pollables: Vec::new(),
            until: u64::MAX,
        }
    }

    /// Ends the wait when this is ready.
    pub(super) fn on(&mut self, pollable: Pollable) {
        self.pollables.push(pollable);
    }

    /// Ends the wait at a point of the monotonic clock at the latest.
    pub(super) fn until(&mut self, instant: u64) {
        self.until = self.until.min(instant);
    }

    /// Waits.
    pub(super) fn block(mut self) {
        self.on(monotonic_clock::subscribe_instant(self.until));
        let pollables: Vec<&Pollable> = self.pollables.iter().collect();
        poll(&pollables);
    }
}
