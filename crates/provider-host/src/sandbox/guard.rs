//! Bounds the time of the calls into a component, and sorts out why one
//! failed.

use super::cpu::CpuMeter;
use super::limiter;
use super::view::SandboxView;
use crate::deadline;
use crate::error::{self, CallError, LimitExceeded};
use crate::limits::Limits;
use crate::transport::hooks::Hooks;
use crate::transport::{TransferLimits, Transport};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout_at;
use wasmtime::Store;

/// Holds one sandbox to its [`Limits`]: [`run`](Self::run) every call into the
/// component by it.
#[must_use = "calls that the guard does not run have no deadline"]
pub struct SandboxGuard {
    limits: Arc<Limits>,
    deadline: Instant,
    meter: CpuMeter,
    transfer: Arc<TransferLimits>,
}

impl SandboxGuard {
    /// The guard of a sandbox whose time starts at `begun`.
    pub(crate) fn new(limits: &Arc<Limits>, begun: Instant) -> Self {
        Self {
            limits: Arc::clone(limits),
            deadline: deadline::after(begun, limits.deadline),
            meter: CpuMeter::new(limits.cpu_time),
            transfer: Arc::new(TransferLimits::new(limits)),
        }
    }

    pub(crate) fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn meter(&self) -> &CpuMeter {
        &self.meter
    }

    pub(crate) fn transfer(&self) -> &Arc<TransferLimits> {
        &self.transfer
    }

    /// The limit on requests or their bytes that the component exceeded. The
    /// component itself sees a failed connection then, and returns an error of
    /// its own.
    #[must_use]
    pub fn limit_exceeded(&self) -> Option<LimitExceeded> {
        self.transfer.limit_exceeded()
    }

    /// The way out of the sandbox, within this guard's limits.
    pub(crate) fn hooks(&self, transport: &Arc<Transport>) -> Hooks {
        let transport = Arc::clone(transport);
        Hooks::new(transport, Arc::clone(&self.transfer), self.deadline)
    }

    /// Applies the limits to the store: memory, tables, instances, handles,
    /// what crosses to the host, and processor time.
    pub(crate) fn limit<T: SandboxView>(&self, store: &mut Store<T>) {
        store.limiter(|state| state.sandbox().limiter());
        store.set_max_component_handles(limiter::as_usize(self.limits.handles));
        let fuel = usize::try_from(self.limits.hostcall_fuel);
        store.set_hostcall_fuel(fuel.unwrap_or(usize::MAX));
        self.meter.watch(store);
    }

    /// Runs a call into the component to its end, or to the first limit that it
    /// meets. After an error the store must not be used again.
    ///
    /// # Errors
    ///
    /// [`CallError::DeadlineExceeded`], [`CallError::CpuTimeExceeded`],
    /// [`CallError::LimitExceeded`] or [`CallError::Trap`].
    pub fn run<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T, CallError>> + Send + 'a {
        let attempt = self.attempt(call);
        async move { attempt.await?.map_err(|error| self.failed(error)) }
    }

    /// The same, with the runtime's own error inside.
    pub(crate) fn attempt<'a, T: Send + 'a>(
        &'a self,
        call: impl Future<Output = wasmtime::Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<wasmtime::Result<T>, CallError>> + Send + 'a {
        // The runtime's futures are large, and would be part of the caller's.
        let metered = self.meter.metered(Box::pin(call));
        async move {
            // A component that never waits would not meet the timer.
            if Instant::now() >= self.deadline {
                return Err(self.overdue());
            }
            let result = timeout_at(self.deadline.into(), metered).await;
            result.map_err(|_| self.overdue())
        }
    }

    fn overdue(&self) -> CallError {
        CallError::DeadlineExceeded {
            limit: self.limits.deadline,
        }
    }

    /// Why the runtime gave up on a call.
    pub(crate) fn failed(&self, error: wasmtime::Error) -> CallError {
        error::of_runtime(error, &self.limits)
    }
}
