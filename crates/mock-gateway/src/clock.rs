//! The gateway's clock: the system's, or one that a test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The source of time for headers, for `created` in responses and for limits.
/// Pauses in responses always run in real time.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// A clock that a test moves.
    Manual(ManualClock),
}

impl Clock {
    /// A clock that always shows this time (milliseconds since 1970).
    #[must_use]
    pub fn fixed(unix_milliseconds: u64) -> Self {
        Self::Manual(ManualClock::at(unix_milliseconds))
    }

    /// Milliseconds since 1970 (UTC).
    pub(crate) fn unix_milliseconds(&self) -> u64 {
        match self {
            Self::System => milliseconds(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
            Self::Manual(clock) => clock.0.load(Ordering::Relaxed),
        }
    }
}

/// A clock that moves only when it is set. Clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock that shows this time (milliseconds since 1970).
    #[must_use]
    pub fn at(unix_milliseconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(unix_milliseconds)))
    }

    /// Sets the time (milliseconds since 1970), also backwards.
    pub fn set(&self, unix_milliseconds: u64) {
        self.0.store(unix_milliseconds, Ordering::Relaxed);
    }

    /// Advances the time, in whole milliseconds.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(milliseconds(by), Ordering::Relaxed);
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let manual = ManualClock::at(1_000);
        let clock = Clock::Manual(manual.clone());
        assert_eq!(clock.unix_milliseconds(), 1_000);
        manual.advance(Duration::from_secs(2));
        assert_eq!(clock.unix_milliseconds(), 3_000);
        manual.set(5);
        assert_eq!(clock.unix_milliseconds(), 5);
    }
}
