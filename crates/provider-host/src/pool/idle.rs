//! Instances kept between two calls of one owner. Only that owner gets them
//! back. Each holds its permit until another call needs it or its idle timeout
//! passes.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;

/// Who an idle instance belongs to. No two owners in a process are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner(u64);

/// An instance between two calls.
pub(super) struct Idle<T> {
    pub(super) instance: T,
    pub(super) permit: OwnedSemaphorePermit,
    /// When it is dropped.
    pub(super) until: Instant,
}

/// All idle instances of an engine. None is dropped while the lock is held:
/// dropping one can take a while.
pub(super) struct IdlePool<T> {
    idle: Mutex<BTreeMap<(Owner, u64), Idle<T>>>,
    /// Numbers the instances in the order in which they were put in.
    puts: AtomicU64,
}

impl Owner {
    pub(crate) fn new() -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);
        Self(OWNERS.fetch_add(1, Ordering::Relaxed))
    }
}

impl<T> Default for IdlePool<T> {
    fn default() -> Self {
        Self {
            idle: Mutex::default(),
            puts: AtomicU64::new(0),
        }
    }
}

impl<T> IdlePool<T> {
    /// Puts an instance in.
    pub(super) fn put(&self, owner: Owner, idle: Idle<T>) {
        let number = self.puts.fetch_add(1, Ordering::Relaxed);
        self.lock().insert((owner, number), idle);
    }

    /// The instance that the owner used last.
    pub(super) fn take(&self, owner: Owner) -> Option<Idle<T>> {
        let mut idle = self.lock();
        let (key, _) = idle.range(all_of(owner)).next_back()?;
        let key = *key;
        idle.remove(&key)
    }

    /// Drops the instance that has been idle for longest, whichever tenant owns it.
    pub(super) fn evict_oldest(&self) {
        let mut idle = self.lock();
        let oldest = idle.keys().min_by_key(|(_, number)| *number).copied();
        let evicted = oldest.and_then(|key| idle.remove(&key));
        drop(idle);
        drop(evicted);
    }

    /// Drops all of the owner's.
    pub(super) fn clear(&self, owner: Owner) {
        self.remove_where(|(found, _), _| *found == owner);
    }

    /// Drops those whose idle timeout has passed.
    pub(super) fn sweep(&self, now: Instant) {
        self.remove_where(|_, idle| idle.until <= now);
    }

    fn remove_where(&self, unwanted: impl Fn(&(Owner, u64), &Idle<T>) -> bool) {
        let mut idle = self.lock();
        let removed: Vec<_> = idle
            .extract_if(.., |key, idle| unwanted(key, idle))
            .collect();
        drop(idle);
        drop(removed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Owner, u64), Idle<T>>> {
        // Nothing that holds the lock can panic half-way through a change.
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn all_of(owner: Owner) -> std::ops::RangeInclusive<(Owner, u64)> {
    (owner, 0)..=(owner, u64::MAX)
}
