//! What all calls of one tenant share.

use super::admission::Admission;
use super::store::Sandbox;
use crate::counters::TenantCounters;
use crate::engine::Engine;
use crate::exports::Exports;
use crate::limits::Limits;
use crate::policy::InstanceReuse;
use crate::pool::Owner;
use crate::report::Observer;
use crate::transport::Transport;
use std::sync::Arc;
use wasmtime::component::InstancePre;

/// The component, and everything that sets a tenant's calls of it apart.
pub(crate) struct SandboxContext {
    pub(crate) name: Arc<str>,
    pub(crate) owner: Owner,
    pub(crate) engine: Engine,
    pub(crate) component: InstancePre<Sandbox>,
    pub(crate) exports: Arc<Exports>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) reuse: InstanceReuse,
    pub(crate) transport: Arc<Transport>,
    pub(crate) admission: Admission,
    pub(crate) counters: TenantCounters,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl Drop for SandboxContext {
    fn drop(&mut self) {
        self.engine.pool().clear(self.owner);
    }
}
