//! The monotonic clock: points in time as it counts them, in nanoseconds.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

/// The point that lies this long ahead.
pub(crate) fn after(wait: Duration) -> u64 {
    monotonic_clock::now().saturating_add(nanoseconds(wait))
}

/// Whether a point has come.
pub(crate) fn has_come(instant: u64) -> bool {
    monotonic_clock::now() >= instant
}

/// Time until a point; none once it has come.
pub(crate) fn until(instant: u64) -> Duration {
    Duration::from_nanos(instant.saturating_sub(monotonic_clock::now()))
}

/// Time since a point.
pub(crate) fn elapsed(since: u64) -> Duration {
    Duration::from_nanos(monotonic_clock::now().saturating_sub(since))
}

/// A duration as the clock counts it: right for 500 years, in arithmetic that
/// is a quarter of the size of a checked one.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(duration.subsec_nanos().into())
}
