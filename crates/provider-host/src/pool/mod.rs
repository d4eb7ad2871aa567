//! The instances of an engine: at most as many are alive at one time, running
//! or idle, as the engine's memory pool has room for. The runtime returns an
//! error when its pool is exhausted, so every instance needs a permit from
//! here first.

mod idle;

pub(crate) use idle::Owner;

use crate::deadline;
use idle::{Idle, IdlePool};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

/// How often a waiting call looks for idle instances to evict.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Permits for live instances, and the idle instances that hold some of them.
pub(crate) struct InstancePool<T> {
    count: usize,
    free: Arc<Semaphore>,
    /// Calls that wait for a permit. An idle instance is evicted for them.
    waiting: AtomicUsize,
    idle: IdlePool<T>,
}

/// Counts a waiting call for as long as it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<T> InstancePool<T> {
    pub(crate) fn new(count: u32) -> Self {
        let count = usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS);
        let count = count.min(Semaphore::MAX_PERMITS);
        Self {
            count,
            free: Arc::new(Semaphore::new(count)),
            waiting: AtomicUsize::new(0),
            idle: IdlePool::default(),
        }
    }

    /// Instances that are alive.
    pub(crate) fn live(&self) -> usize {
        self.count.saturating_sub(self.free.available_permits())
    }

    /// A permit for a fresh instance; `None` if there is none until `end`.
    pub(crate) async fn enter(&self, end: Instant) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(permit);
        }
        // Count first, then look for idle instances: `keep` does the two in
        // the other order, so one of the two sees the other.
        let _waiting = Waiting::among(&self.waiting);
        loop {
            self.idle.evict_oldest();
            // Another call may get the permit that became free: then evict
            // again.
            let look_again = end.min(deadline::after(Instant::now(), LOOK_AGAIN));
            let permit = timeout_at(look_again.into(), Arc::clone(&self.free).acquire_owned());
            match permit.await {
                Ok(permit) => return permit.ok(),
                Err(_) if Instant::now() >= end => return None,
                Err(_) => {}
            }
        }
    }

    /// The owner's idle instance, if it has one, and its permit.
    pub(crate) fn take_idle(&self, owner: Owner) -> Option<(T, OwnedSemaphorePermit)> {
        let idle = self.idle.take(owner)?;
        Some((idle.instance, idle.permit))
    }

    /// Keeps an instance for the owner's next call, for at most
    /// `idle_timeout`.
    pub(crate) fn keep(
        &self,
        owner: Owner,
        instance: T,
        permit: OwnedSemaphorePermit,
        idle_timeout: Duration,
    ) {
        let until = deadline::after(Instant::now(), idle_timeout);
        let idle = Idle {
            instance,
            permit,
            until,
        };
        self.idle.put(owner, idle);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.idle.evict_oldest();
        }
    }

    /// Drops the owner's idle instances.
    pub(crate) fn clear(&self, owner: Owner) {
        self.idle.clear(owner);
    }

    /// Drops instances that have been idle for too long.
    pub(crate) fn sweep(&self) {
        self.idle.sweep(Instant::now());
    }
}

impl<'a> Waiting<'a> {
    fn among(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::{InstancePool, Owner};
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn an_idle_instance_gives_way_to_another_owner_s_call() {
        let pool = InstancePool::new(1);
        let (owner, other) = (Owner::new(), Owner::new());
        let permit = pool.enter(Instant::now()).await.unwrap();
        pool.keep(owner, "idle", permit, Duration::from_mins(1));
        assert_eq!(pool.live(), 1);
        assert!(pool.take_idle(other).is_none());
        let end = Instant::now() + Duration::from_secs(10);
        let permit = pool.enter(end).await;
        assert!(permit.is_some());
        assert!(pool.take_idle(owner).is_none());
    }
}
