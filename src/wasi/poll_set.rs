//! Waiting for several things at once, and for no longer than a point in time.

use wasi::clocks::monotonic_clock;
use wasi::io::poll::{Pollable, poll};

/// What is waited for. What gets ready is not told: everything that waits
/// looks for itself, which costs little and cannot be forgotten.
///
/// A pollable must go before the resource that it belongs to, so a wait is
/// made anew each time, and used up.
pub(crate) struct PollSet {
    pollables: Vec<Pollable>,
    /// On the monotonic clock.
    until: u64,
}

impl PollSet {
    /// For nothing, without end.
    pub(crate) fn new() -> Self {
        Self {
            pollables: Vec::new(),
            until: u64::MAX,
        }
    }

    /// Ends the wait when this is ready.
    pub(crate) fn on(&mut self, pollable: Pollable) {
        self.pollables.push(pollable);
    }

    /// Ends the wait at a point of the monotonic clock at the latest.
    pub(crate) fn until(&mut self, instant: u64) {
        self.until = self.until.min(instant);
    }

    /// Waits.
    pub(crate) fn block(mut self) {
        self.on(monotonic_clock::subscribe_instant(self.until));
        let pollables: Vec<&Pollable> = self.pollables.iter().collect();
        poll(&pollables);
    }
}
