//! Records a call while it lasts. When the recorder is dropped, the call is
//! over: its report goes to the counters, the observer and the log.

use super::context::SandboxContext;
use super::cpu::CpuMeter;
use super::guard::SandboxGuard;
use super::limiter::MemoryGauge;
use crate::report::{CallReport, Function, Outcome};
use crate::transport::TransferLimits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tracing::Span;

/// How a call ended, once that is known. Only the first outcome is kept.
#[derive(Clone, Default)]
pub(crate) struct OutcomeCell(Arc<OnceLock<Outcome>>);

impl OutcomeCell {
    pub(crate) fn ended(&self, outcome: Outcome) {
        let _ = self.0.set(outcome);
    }
}

/// Records one call.
pub(crate) struct CallRecorder {
    context: Arc<SandboxContext>,
    function: Function,
    span: Span,
    begun: Instant,
    /// Unset until the call has a permit for an instance.
    queue: OnceLock<Duration>,
    instantiate: OnceLock<Duration>,
    warm: OnceLock<()>,
    memory: OnceLock<MemoryGauge>,
    outcome: OutcomeCell,
    transfer: Arc<TransferLimits>,
    meter: CpuMeter,
}

impl CallRecorder {
    /// Starts recording a call that began at `begun`.
    pub(super) fn begin(
        context: &Arc<SandboxContext>,
        function: Function,
        begun: Instant,
        guard: &SandboxGuard,
    ) -> Self {
        let span = tracing::info_span!("call", tenant = &*context.name, function = function.name());
        context.counters.call_began();
        Self {
            context: Arc::clone(context),
            function,
            span,
            begun,
            queue: OnceLock::new(),
            instantiate: OnceLock::new(),
            warm: OnceLock::new(),
            memory: OnceLock::new(),
            outcome: OutcomeCell::default(),
            transfer: Arc::clone(guard.transfer()),
            meter: guard.meter().clone(),
        }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// The call has a permit for an instance.
    pub(crate) fn admitted(&self) {
        let _ = self.queue.set(self.begun.elapsed());
    }

    /// The call has a fresh instance, which took this long to make.
    pub(crate) fn instantiated(&self, took: Duration, memory: &MemoryGauge) {
        let _ = self.instantiate.set(took);
        let _ = self.memory.set(Arc::clone(memory));
    }

    /// The call has an instance of an earlier call.
    pub(crate) fn reused(&self, memory: &MemoryGauge) {
        let _ = self.warm.set(());
        let _ = self.memory.set(Arc::clone(memory));
    }

    /// Records the outcome. A call without one was dropped.
    pub(crate) fn ended(&self, outcome: Outcome) {
        self.outcome.ended(outcome);
    }

    /// Where to record an outcome when the call is ended from outside.
    pub(crate) fn outcome(&self) -> OutcomeCell {
        self.outcome.clone()
    }

    fn report(&self) -> CallReport {
        let total = self.begun.elapsed();
        let transfer = &self.transfer;
        CallReport {
            tenant: Arc::clone(&self.context.name),
            function: self.function,
            outcome: self.outcome.0.get().cloned().unwrap_or(Outcome::Cancelled),
            warm: self.warm.get().is_some(),
            queue: self.queue.get().copied().unwrap_or(total),
            instantiate: self.instantiate.get().copied().unwrap_or_default(),
            first_byte: transfer
                .first_response()
                .map(|response| response.saturating_duration_since(self.begun)),
            total,
            cpu: self.meter.spent(),
            requests: transfer.requests(),
            request_bytes: transfer.request_bytes(),
            response_bytes: transfer.response_bytes(),
            memory: self
                .memory
                .get()
                .map_or(0, |memory| memory.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for CallRecorder {
    fn drop(&mut self) {
        let report = self.report();
        self.span.in_scope(|| log(&report));
        self.context.counters.call_ended(&report);
        if let Some(observer) = &self.context.observer {
            // A panic here would lose the answer, or the process if there was
            // one already.
            let observed = catch_unwind(AssertUnwindSafe(|| observer.call_ended(&report)));
            if observed.is_err() {
                tracing::error!("the observer of a tenant's calls panicked");
            }
        }
    }
}

fn log(report: &CallReport) {
    let limit = match report.outcome {
        Outcome::Limit(limit) => Some(limit),
        _ => None,
    };
    tracing::info!(
        outcome = report.outcome.name(),
        limit,
        warm = report.warm,
        queue = ?report.queue,
        instantiate = ?report.instantiate,
        first_byte = ?report.first_byte,
        total = ?report.total,
        cpu = ?report.cpu,
        requests = report.requests,
        request_bytes = report.request_bytes,
        response_bytes = report.response_bytes,
        memory = report.memory,
        "call ended"
    );
}
