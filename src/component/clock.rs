//! The monotonic clock: points in time as it counts them, in nanoseconds.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

/// The point that lies this long ahead.
pub(super) fn after(wait: Duration) -> u64 {
    monotonic_clock::now().saturating_add(nanoseconds(wait))
}

/// Whether a point has come.
pub(super) fn has_come(instant: u64) -> bool {
    monotonic_clock::now() >= instant
}

/// Time since a point.
pub(super) fn elapsed(since: u64) -> Duration {
    Duration::from_nanos(monotonic_clock::now().saturating_sub(since))
}

/// A duration as the clock counts it.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
