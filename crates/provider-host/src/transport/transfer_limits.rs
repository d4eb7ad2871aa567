//! Counts what one sandbox sends and receives, over all its requests, and
//! enforces the limits of a call.

use crate::error::LimitExceeded;
use crate::limits::Limits;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

/// The traffic of one call, and its limits.
pub(crate) struct TransferLimits {
    limits: TrafficLimits,
    requests: AtomicU32,
    request_bytes: AtomicU64,
    response_bytes: AtomicU64,
    first_response: OnceLock<Instant>,
    limit_exceeded: OnceLock<LimitExceeded>,
}

struct TrafficLimits {
    requests: u32,
    request_bytes: u64,
    response_bytes: u64,
    response_head_bytes: u32,
}

impl TransferLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: TrafficLimits {
                requests: limits.requests,
                request_bytes: limits.request_bytes,
                response_bytes: limits.response_bytes,
                response_head_bytes: limits.response_head_bytes,
            },
            requests: AtomicU32::new(0),
            request_bytes: AtomicU64::new(0),
            response_bytes: AtomicU64::new(0),
            first_response: OnceLock::new(),
            limit_exceeded: OnceLock::new(),
        }
    }

    /// Requests that were sent.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Bytes of the bodies of requests.
    pub(crate) fn request_bytes(&self) -> u64 {
        self.request_bytes.load(Ordering::Relaxed)
    }

    /// Bytes of the bodies of responses.
    pub(crate) fn response_bytes(&self) -> u64 {
        self.response_bytes.load(Ordering::Relaxed)
    }

    /// When the head of the first response was there.
    pub(crate) fn first_response(&self) -> Option<Instant> {
        self.first_response.get().copied()
    }

    /// The first limit that was exceeded.
    pub(crate) fn limit_exceeded(&self) -> Option<LimitExceeded> {
        self.limit_exceeded.get().copied()
    }

    /// Counts a request; false if it is one too many.
    pub(super) fn admits_request(&self) -> bool {
        let limit = self.limits.requests;
        let counted = self
            .requests
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |requests| {
                requests
                    .checked_add(1)
                    .filter(|requests| *requests <= limit)
            });
        counted.is_ok() || self.exceeded(LimitExceeded::Requests { limit })
    }

    /// Counts a part of a request; false once there is too much.
    pub(super) fn admits_request_bytes(&self, length: usize) -> bool {
        let limit = self.limits.request_bytes;
        add(&self.request_bytes, length) <= limit
            || self.exceeded(LimitExceeded::RequestBytes { limit })
    }

    /// Counts a part of a response's body; false once there is too much.
    pub(super) fn admits_response_bytes(&self, length: usize) -> bool {
        let limit = self.limits.response_bytes;
        add(&self.response_bytes, length) <= limit
            || self.exceeded(LimitExceeded::ResponseBytes { limit })
    }

    /// Whether a response's body may be as long as it says; counts nothing.
    pub(super) fn admits_response_of(&self, length: u64) -> bool {
        let limit = self.limits.response_bytes;
        self.response_bytes().saturating_add(length) <= limit
            || self.exceeded(LimitExceeded::ResponseBytes { limit })
    }

    /// The head of a response is there.
    pub(super) fn response_began(&self) {
        let _ = self.first_response.set(Instant::now());
    }

    /// The head of a response was too large.
    pub(super) fn head_was_too_large(&self) {
        let limit = self.limits.response_head_bytes;
        self.exceeded(LimitExceeded::ResponseHead { limit });
    }

    /// Records the first limit that was exceeded. Returns false: nothing is
    /// admitted.
    fn exceeded(&self, limit_exceeded: LimitExceeded) -> bool {
        let _ = self.limit_exceeded.set(limit_exceeded);
        false
    }
}

fn add(sum: &AtomicU64, length: usize) -> u64 {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    sum.fetch_add(length, Ordering::Relaxed)
        .saturating_add(length)
}

#[cfg(test)]
mod tests {
    use super::TransferLimits;
    use crate::error::LimitExceeded;
    use crate::limits::Limits;

    fn traffic() -> TransferLimits {
        TransferLimits::new(&Limits {
            requests: 2,
            request_bytes: 10,
            response_bytes: 10,
            ..Limits::default()
        })
    }

    #[test]
    fn requests_are_counted_and_those_beyond_the_limit_are_not() {
        let traffic = traffic();
        assert!(traffic.admits_request());
        assert!(traffic.admits_request());
        assert_eq!(traffic.limit_exceeded(), None);
        assert!(!traffic.admits_request());
        assert!(!traffic.admits_request());
        assert_eq!(traffic.requests(), 2);
        assert_eq!(
            traffic.limit_exceeded(),
            Some(LimitExceeded::Requests { limit: 2 })
        );
    }

    #[test]
    fn bytes_are_added_up_over_all_bodies() {
        let traffic = traffic();
        assert!(traffic.admits_response_bytes(6));
        assert!(!traffic.admits_response_of(5));
        assert!(traffic.admits_response_bytes(4));
        assert!(!traffic.admits_response_bytes(1));
        assert!(traffic.admits_request_bytes(10));
        assert_eq!(
            traffic.limit_exceeded(),
            Some(LimitExceeded::ResponseBytes { limit: 10 })
        );
    }
}
