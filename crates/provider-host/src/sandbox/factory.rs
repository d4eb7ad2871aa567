//! Sandboxes for the stores of a host that has an engine and a linker of its
//! own.

use super::guard::SandboxGuard;
use super::store::Sandbox;
use crate::limits::Limits;
use crate::policy::{TenantError, TenantPolicy};
use crate::transport::Transport;
use std::sync::Arc;
use std::time::Instant;

/// Makes the sandboxes of one tenant, one for each call. They share the
/// tenant's connections and nothing else.
///
/// Of the policy, `limits`, `egress`, `resolver` and `roots` apply here. What
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

    /// A sandbox for one call, and the guard that holds its store to the
    /// limits. The call's [`deadline`](Limits::deadline) counts from now.
    #[must_use]
    pub fn sandbox(&self) -> (Sandbox, SandboxGuard) {
        let guard = SandboxGuard::new(&self.limits, Instant::now());
        let sandbox = Sandbox::new(guard.limits(), guard.hooks(&self.transport));
        (sandbox, guard)
    }
}
