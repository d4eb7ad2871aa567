//! The monotonic clock. Instants are nanoseconds.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

/// The instant after this duration.
pub(crate) fn after(wait: Duration) -> u64 {
    monotonic_clock::now().saturating_add(nanoseconds(wait))
}

/// Whether an instant has passed.
pub(crate) fn has_come(instant: u64) -> bool {
    monotonic_clock::now() >= instant
}

/// Time until an instant; zero once it has passed.
pub(crate) fn until(instant: u64) -> Duration {
    Duration::from_nanos(instant.saturating_sub(monotonic_clock::now()))
}

/// Time since an instant.
pub(crate) fn elapsed(since: u64) -> Duration {
    Duration::from_nanos(monotonic_clock::now().saturating_sub(since))
}

/// A duration in nanoseconds; correct for up to 500 years.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    duration
        .as_secs()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(duration.subsec_nanos().into())
}
