//! Sandboxes that are kept between two calls of a tenant that wants it. Each
//! is found again by that tenant alone. They keep their places, until somebody
//! else needs one or they have not been used for long.

use super::call::Instance;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;

/// Whose sandbox it is. No two tenants of a process have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner(u64);

/// A sandbox between two calls.
pub(crate) struct Idle {
    pub(crate) instance: Instance,
    pub(crate) place: OwnedSemaphorePermit,
    /// When it is thrown away.
    pub(crate) until: Instant,
}

/// All idle sandboxes of an engine. A sandbox is never dropped while the lock
/// is held: that can take a while.
#[derive(Default)]
pub(crate) struct Shelf {
    idle: Mutex<BTreeMap<(Owner, u64), Idle>>,
    /// Numbers the sandboxes in the order in which they are put away.
    puts: AtomicU64,
}

impl Owner {
    pub(crate) fn new() -> Self {
        static OWNERS: AtomicU64 = AtomicU64::new(0);
        Self(OWNERS.fetch_add(1, Ordering::Relaxed))
    }
}

impl Shelf {
    /// Puts a sandbox away.
    pub(crate) fn put(&self, owner: Owner, idle: Idle) {
        let number = self.puts.fetch_add(1, Ordering::Relaxed);
        self.lock().insert((owner, number), idle);
    }

    /// The sandbox that the owner used last.
    pub(crate) fn take(&self, owner: Owner) -> Option<Idle> {
        let mut idle = self.lock();
        let (key, _) = idle.range(all_of(owner)).next_back()?;
        let key = *key;
        idle.remove(&key)
    }

    /// Throws away the sandbox that has been idle for longest, whoever's.
    pub(crate) fn evict_oldest(&self) {
        let mut idle = self.lock();
        let oldest = idle.keys().min_by_key(|(_, number)| *number).copied();
        let evicted = oldest.and_then(|key| idle.remove(&key));
        drop(idle);
        drop(evicted);
    }

    /// Throws away all that the owner has.
    pub(crate) fn clear(&self, owner: Owner) {
        self.remove_where(|(found, _), _| *found == owner);
    }

    /// Throws away what has been idle for too long.
    pub(crate) fn sweep(&self, now: Instant) {
        self.remove_where(|_, idle| idle.until <= now);
    }

    fn remove_where(&self, unwanted: impl Fn(&(Owner, u64), &Idle) -> bool) {
        let mut idle = self.lock();
        let removed: Vec<_> = idle
            .extract_if(.., |key, idle| unwanted(key, idle))
            .collect();
        drop(idle);
        drop(removed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Owner, u64), Idle>> {
        // Nothing that holds the lock can panic half-way through a change.
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn all_of(owner: Owner) -> std::ops::RangeInclusive<(Owner, u64)> {
    (owner, 0)..=(owner, u64::MAX)
}
