//! The gateway's clock: the machine's, or one that a test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the gateway reads the time for its headers, for `created` in responses
/// and for limits. Pauses in responses run in real time whatever the clock says.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved.
    Manual(ManualClock),
}

impl Clock {
    /// A clock that stands at this time for ever (milliseconds since 1970).
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

/// A clock moved by hand. Clones are the same clock.
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

    /// Moves the time on, in whole milliseconds.
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
