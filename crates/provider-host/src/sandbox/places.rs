//! The places of an engine: one for each sandbox that is alive, running or
//! idle. The pool of the runtime answers with an error when it is exhausted,
//! so nobody gets there without a permit from here.

use super::call::{Instance, later};
use super::shelf::{Idle, Owner, Shelf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout_at;

/// How often a call that waits looks for idle sandboxes.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The places of one engine.
pub(crate) struct Places {
    count: usize,
    free: Arc<Semaphore>,
    /// Calls that wait for a place. An idle sandbox gives way to them.
    waiting: AtomicUsize,
    shelf: Shelf,
}

/// One of those that wait.
struct Waiting<'a>(&'a AtomicUsize);

impl Places {
    pub(crate) fn new(count: u32) -> Self {
        let count = usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS);
        let count = count.min(Semaphore::MAX_PERMITS);
        Self {
            count,
            free: Arc::new(Semaphore::new(count)),
            waiting: AtomicUsize::new(0),
            shelf: Shelf::default(),
        }
    }

    /// Places in use: sandboxes that are alive.
    pub(crate) fn taken(&self) -> usize {
        self.count.saturating_sub(self.free.available_permits())
    }

    /// A place for a fresh sandbox; `None` if there is none until `end`.
    pub(crate) async fn enter(&self, end: Instant) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(place);
        }
        // First be counted, then look on the shelf: whoever puts a sandbox
        // there does the two in the other order, so one of the two sees it.
        let _waiting = Waiting::among(&self.waiting);
        loop {
            self.shelf.evict_oldest();
            // Somebody else may get the place that became free: then there is
            // another look at the shelf.
            let look_again = end.min(later(Instant::now(), LOOK_AGAIN));
            let place = timeout_at(look_again.into(), Arc::clone(&self.free).acquire_owned());
            match place.await {
                Ok(place) => return place.ok(),
                Err(_) if Instant::now() >= end => return None,
                Err(_) => {}
            }
        }
    }

    /// The owner's idle sandbox, if it has one.
    pub(crate) fn take_idle(&self, owner: Owner) -> Option<(Instance, OwnedSemaphorePermit)> {
        let idle = self.shelf.take(owner)?;
        Some((idle.instance, idle.place))
    }

    /// Keeps a sandbox for the owner's next call.
    pub(crate) fn keep(
        &self,
        owner: Owner,
        instance: Instance,
        place: OwnedSemaphorePermit,
        idle: Duration,
    ) {
        let until = later(Instant::now(), idle);
        let idle = Idle {
            instance,
            place,
            until,
        };
        self.shelf.put(owner, idle);
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.shelf.evict_oldest();
        }
    }

    /// Throws away the owner's idle sandboxes.
    pub(crate) fn clear(&self, owner: Owner) {
        self.shelf.clear(owner);
    }

    /// Throws away sandboxes that have been idle for too long.
    pub(crate) fn sweep(&self) {
        self.shelf.sweep(Instant::now());
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
