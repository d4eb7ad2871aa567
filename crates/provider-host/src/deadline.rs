//! Points in time that are some duration away.

use std::time::{Duration, Instant};

/// Stands for "never": a duration that no process outlives.
const NEVER: Duration = Duration::from_hours(24 * 365 * 30);

/// The instant `time` after `begun`. A duration that is too long for the clock
/// counts as 30 years.
pub(crate) fn after(begun: Instant, time: Duration) -> Instant {
    begun.checked_add(time.min(NEVER)).unwrap_or(begun)
}
