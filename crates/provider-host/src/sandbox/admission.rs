//! Admits a tenant's calls: a limited number at one time, a limited number that
//! wait, each for a limited time. It comes before the engine's instance pool, so
//! that a tenant with many calls delays its own and not those of others.

use crate::error::CallError;
use crate::limits::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

/// Admits the calls of one tenant.
pub(crate) struct Admission {
    calls: Arc<Semaphore>,
    waiting: AtomicU32,
}

/// Counts a waiting call for as long as it waits.
struct Waiting<'a>(&'a AtomicU32);

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        let calls = usize::try_from(limits.concurrent_calls).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            calls: Arc::new(Semaphore::new(calls.min(Semaphore::MAX_PERMITS))),
            waiting: AtomicU32::new(0),
        }
    }

    /// Waits until fewer than `concurrent_calls` of the tenant's calls are
    /// admitted, at most until `end`.
    pub(crate) async fn enter(
        &self,
        limits: &Limits,
        end: Instant,
    ) -> Result<OwnedSemaphorePermit, CallError> {
        if let Ok(permit) = Arc::clone(&self.calls).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::among(&self.waiting, limits.max_queued_calls)?;
        let permit = timeout_at(end.into(), Arc::clone(&self.calls).acquire_owned()).await;
        // The semaphore is never closed, so only time can have run out.
        permit
            .ok()
            .and_then(Result::ok)
            .ok_or(CallError::QueueTimeout {
                waited: limits.queue_timeout,
            })
    }
}

impl<'a> Waiting<'a> {
    fn among(count: &'a AtomicU32, limit: u32) -> Result<Self, CallError> {
        let waiting = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) < limit {
            Ok(waiting)
        } else {
            Err(CallError::QueueFull { limit })
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
