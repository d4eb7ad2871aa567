//! The time limits of a request.

use core::time::Duration;

/// The time limits of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Opening a connection.
    pub connect: Duration,
    /// From the request to the first byte of the response.
    pub first_byte: Duration,
    /// Between two chunks of a response that carry content.
    pub between_bytes: Duration,
}

impl Timeouts {
    /// Shortest timeout; some hosts treat zero as "no timeout".
    const MIN_MS: u32 = 1;
    /// Longest timeout: no gateway holds a request for more than ten minutes.
    const MAX_MS: u32 = 600_000;

    /// Replaces timeouts by the given milliseconds, clamped.
    #[must_use]
    pub fn with_ms(
        self,
        connect: Option<u32>,
        first_byte: Option<u32>,
        between_bytes: Option<u32>,
    ) -> Self {
        let clamped = |given: Option<u32>, own: Duration| {
            given.map_or(own, |ms| {
                Duration::from_millis(ms.clamp(Self::MIN_MS, Self::MAX_MS).into())
            })
        };
        Self {
            connect: clamped(connect, self.connect),
            first_byte: clamped(first_byte, self.first_byte),
            between_bytes: clamped(between_bytes, self.between_bytes),
        }
    }
}

impl Default for Timeouts {
    /// 10 s, 5 min, 2 min: a response that is not streamed may take minutes to
    /// begin; a stream does not pause that long.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(5),
            between_bytes: Duration::from_mins(2),
        }
    }
}
