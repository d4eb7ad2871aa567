//! What is written down of a call while it lasts. When the record is dropped,
//! the call is over: its report goes to the counters, the observer and the
//! log.

use super::cpu::CpuMeter;
use super::limiter::MemoryGauge;
use crate::report::{CallReport, Function, Outcome};
use crate::tenant::Shared;
use crate::transport::TransferLimits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tracing::Span;

/// How a call ended, once that is known: the first word counts.
#[derive(Clone, Default)]
pub(crate) struct Verdict(Arc<OnceLock<Outcome>>);

impl Verdict {
    pub(crate) fn ended(&self, outcome: Outcome) {
        let _ = self.0.set(outcome);
    }
}

/// The record of one call.
pub(crate) struct Record {
    tenant: Arc<Shared>,
    function: Function,
    span: Span,
    begun: Instant,
    /// None until the call has a place, and for a call that gets none.
    queue: OnceLock<Duration>,
    instantiate: OnceLock<Duration>,
    warm: OnceLock<()>,
    memory: OnceLock<MemoryGauge>,
    outcome: Verdict,
    traffic: Arc<TransferLimits>,
    meter: CpuMeter,
}

impl Record {
    /// A call begins.
    pub(crate) fn begin(tenant: &Arc<Shared>, function: Function) -> Self {
        let span = tracing::info_span!("call", tenant = &*tenant.name, function = function.name());
        tenant.metrics.call_began();
        Self {
            tenant: Arc::clone(tenant),
            function,
            span,
            begun: Instant::now(),
            queue: OnceLock::new(),
            instantiate: OnceLock::new(),
            warm: OnceLock::new(),
            memory: OnceLock::new(),
            outcome: Verdict::default(),
            traffic: Arc::new(TransferLimits::new(&tenant.limits)),
            meter: CpuMeter::new(tenant.limits.cpu_time),
        }
    }

    pub(crate) fn tenant(&self) -> &Arc<Shared> {
        &self.tenant
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    pub(crate) fn traffic(&self) -> &Arc<TransferLimits> {
        &self.traffic
    }

    pub(crate) fn meter(&self) -> &CpuMeter {
        &self.meter
    }

    /// The call has its place.
    pub(crate) fn placed(&self) {
        let _ = self.queue.set(self.begun.elapsed());
    }

    /// The call has its sandbox, after this long.
    pub(crate) fn instantiated(&self, took: Duration, memory: &MemoryGauge) {
        let _ = self.instantiate.set(took);
        let _ = self.memory.set(Arc::clone(memory));
    }

    /// The call has a sandbox that was there.
    pub(crate) fn warm(&self, memory: &MemoryGauge) {
        let _ = self.warm.set(());
        let _ = self.memory.set(Arc::clone(memory));
    }

    /// The call ended in this way. Without a word, it was dropped.
    pub(crate) fn ended(&self, outcome: Outcome) {
        self.outcome.ended(outcome);
    }

    /// For those who may end the call from outside.
    pub(crate) fn verdict(&self) -> Verdict {
        self.outcome.clone()
    }

    fn report(&self) -> CallReport {
        let total = self.begun.elapsed();
        let traffic = &self.traffic;
        CallReport {
            tenant: Arc::clone(&self.tenant.name),
            function: self.function,
            outcome: self.outcome.0.get().copied().unwrap_or(Outcome::Cancelled),
            warm: self.warm.get().is_some(),
            queue: self.queue.get().copied().unwrap_or(total),
            instantiate: self.instantiate.get().copied().unwrap_or_default(),
            first_byte: traffic
                .first_response()
                .map(|response| response.saturating_duration_since(self.begun)),
            total,
            cpu: self.meter.spent(),
            requests: traffic.requests(),
            request_bytes: traffic.request_bytes(),
            response_bytes: traffic.response_bytes(),
            memory: self
                .memory
                .get()
                .map_or(0, |memory| memory.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let report = self.report();
        self.span.in_scope(|| tell(&report));
        self.tenant.metrics.call_ended(&report);
        if let Some(observer) = &self.tenant.observer {
            // A panic here would lose the answer, or the process if there was
            // one already.
            let told = catch_unwind(AssertUnwindSafe(|| observer.call_ended(&report)));
            if told.is_err() {
                tracing::error!("the observer of a tenant's calls panicked");
            }
        }
    }
}

fn tell(report: &CallReport) {
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
