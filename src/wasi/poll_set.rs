//! Waits for several pollables, with a deadline.

use wasi::clocks::monotonic_clock;
use wasi::io::poll::{Pollable, poll};

/// A set of pollables. `block` does not report which is ready; callers check
/// their own state again.
///
/// A pollable must be dropped before its resource, so a set is built for each
/// wait and consumed by it.
pub(crate) struct PollSet {
    pollables: Vec<Pollable>,
    /// On the monotonic clock.
    until: u64,
}

impl PollSet {
    /// An empty set without a deadline.
    pub(crate) fn new() -> Self {
        Self {
            pollables: Vec::new(),
            until: u64::MAX,
        }
    }

    /// Adds a pollable.
    pub(crate) fn on(&mut self, pollable: Pollable) {
        self.pollables.push(pollable);
    }

    /// Sets the deadline, unless an earlier one is set. On the monotonic clock.
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

/// A pollable that is ready.
pub(crate) fn ready() -> Pollable {
    monotonic_clock::subscribe_duration(0)
}
