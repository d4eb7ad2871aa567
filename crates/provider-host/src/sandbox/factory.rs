//! Sandboxes for the stores of a host that has an engine and a linker of its
//! own.

use super::guard::SandboxGuard;
use super::store::Sandbox;
use super::view::SandboxView;
use crate::limits::Limits;
use crate::policy::{TenantError, TenantPolicy};
use crate::transport::Transport;
use std::sync::Arc;
use std::time::Instant;
use wasmtime::Store;

/// Makes the sandboxes of one tenant, one for each call. They share the
/// tenant's connections and nothing else.
///
/// Of the policy, `limits`, `egress`, `proxies`, `resolver` and `roots` apply here. What
/// concerns calls as a whole is the host's own business: how many run at one
/// time, whether instances are used again, and who observes them. Use a
/// [`Tenant`](crate::Tenant) to have these too.
#[derive(Clone)]
pub struct SandboxFactory {
    limits: Arc<Limits>,
    transport: Arc<Transport>,
}

impl SandboxFactory {
    /// Makes the tenant's HTTP client. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// If TLS cannot be set up.
    pub fn new(policy: &TenantPolicy) -> Result<Self, TenantError> {
        let limits = Arc::new(policy.limits.clone());
        let transport = policy.transport()?;
        Ok(Self {
            limits,
            transport: Arc::new(transport),
        })
    }

    /// A store for one call, within the limits, and the guard that runs the calls
    /// into it. `data` puts the sandbox into the host's own data. The call's
    /// [`deadline`](Limits::deadline) counts from now.
    ///
    /// The store's limiter, its epoch deadline and its epoch callback are taken.
    /// Processor time is bounded only where the engine has
    /// [epoch interruption](wasmtime::Config::epoch_interruption) and something
    /// increments its epoch, every
    /// [`EPOCH_INTERVAL`](crate::engine::EPOCH_INTERVAL) or so.
    pub fn store<T: SandboxView>(
        &self,
        engine: &wasmtime::Engine,
        data: impl FnOnce(Sandbox) -> T,
    ) -> (Store<T>, SandboxGuard) {
        let guard = SandboxGuard::new(&self.limits, Instant::now());
        let sandbox = Sandbox::new(guard.limits(), guard.hooks(&self.transport));
        let mut store = Store::new(engine, data(sandbox));
        guard.limit(&mut store);
        (store, guard)
    }
}
