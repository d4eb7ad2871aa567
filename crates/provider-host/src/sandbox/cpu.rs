//! Counts the time in which a component runs, and stops it when its budget is
//! used up.
//!
//! Epoch ticks alone would not do: a component that waits most of the time
//! meets a tick each time it wakes and would be charged for all of them. So
//! the time that the executor spends inside the call is added up, and a tick
//! only decides when to look at the sum.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use wasmtime::{Store, UpdateDeadline};

/// The time that one sandbox has run, shared by its store, which reads it at
/// each tick, and by [`Metered`], which does the counting.
#[derive(Clone, Debug)]
pub(crate) struct CpuMeter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    budget: Duration,
    /// Where the clock of `running_since` starts.
    origin: Instant,
    /// Nanoseconds of all finished turns.
    spent: AtomicU64,
    /// When the present turn began: nanoseconds after `origin`, plus 1; 0
    /// while nothing runs.
    running_since: AtomicU64,
}

impl CpuMeter {
    pub(crate) fn new(budget: Duration) -> Self {
        Self(Arc::new(Counts {
            budget,
            origin: Instant::now(),
            spent: AtomicU64::new(0),
            running_since: AtomicU64::new(0),
        }))
    }

    /// The time spent so far, the present turn included.
    pub(crate) fn spent(&self) -> Duration {
        let finished = self.0.spent.load(Ordering::Relaxed);
        let present = match self.0.running_since.load(Ordering::Relaxed) {
            0 => 0,
            since => self.now().saturating_sub(since - 1),
        };
        Duration::from_nanos(finished.saturating_add(present))
    }

    /// Makes the store yield to other tasks at each tick, and trap
    /// ([`Trap::Interrupt`](wasmtime::Trap::Interrupt)) at the first tick
    /// after the budget. The store's earlier meter, if it had one, has no more
    /// to say.
    pub(crate) fn watch<T: 'static>(&self, store: &mut Store<T>) {
        let meter = self.clone();
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            Ok(if meter.spent() > meter.0.budget {
                UpdateDeadline::Interrupt
            } else {
                UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
            })
        });
    }

    /// Counts the time in which `call` runs.
    pub(crate) fn metered<F: Future>(&self, call: F) -> Metered<F> {
        Metered {
            meter: self.clone(),
            call,
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn begin_turn(&self) {
        self.0
            .running_since
            .store(self.now() + 1, Ordering::Relaxed);
    }

    fn end_turn(&self) {
        let total = u64::try_from(self.spent().as_nanos()).unwrap_or(u64::MAX);
        self.0.running_since.store(0, Ordering::Relaxed);
        self.0.spent.store(total, Ordering::Relaxed);
    }
}

pin_project_lite::pin_project! {
    /// A call whose running time is counted.
    pub(crate) struct Metered<F> {
        meter: CpuMeter,
        #[pin]
        call: F,
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.meter.begin_turn();
        let result = this.call.poll(context);
        this.meter.end_turn();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::CpuMeter;
    use std::time::Duration;

    #[tokio::test]
    async fn waiting_is_free_and_running_is_not() {
        let meter = CpuMeter::new(Duration::from_secs(1));
        meter
            .metered(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                std::thread::sleep(Duration::from_millis(20));
            })
            .await;
        let spent = meter.spent();
        assert!(spent >= Duration::from_millis(20), "{spent:?}");
        assert!(spent < Duration::from_millis(150), "{spent:?}");
    }

    #[tokio::test]
    async fn the_present_turn_counts_while_it_lasts() {
        let meter = CpuMeter::new(Duration::from_secs(1));
        let inside = meter
            .metered(async {
                std::thread::sleep(Duration::from_millis(20));
                meter.spent()
            })
            .await;
        assert!(inside >= Duration::from_millis(20), "{inside:?}");
    }
}
