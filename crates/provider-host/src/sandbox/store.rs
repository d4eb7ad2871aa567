//! What a sandbox holds besides the component's own memory: clocks, random
//! bytes and a way out by HTTP. There are no files, no environment, no standard
//! streams, no sockets.

use super::limiter::{self, Limiter, MemoryGauge};
use crate::limits::Limits;
use crate::transport::hooks::Hooks;
use std::sync::Arc;
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::clocks::{WasiClocksCtx, WasiClocksCtxView};
use wasmtime_wasi::random::WasiRandomCtx;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// What a component can reach through the functions of
/// [`add_to_linker`](crate::add_to_linker): clocks, random bytes, and the
/// origins of its tenant's egress policy by HTTP.
///
/// It is, or is a part of, the data of a store: see
/// [`SandboxView`](crate::SandboxView).
pub struct Sandbox {
    table: ResourceTable,
    clocks: WasiClocksCtx,
    random: WasiRandomCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    limiter: Limiter,
}

impl Sandbox {
    pub(crate) fn new(limits: &Arc<Limits>, hooks: Hooks) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limiter::as_usize(limits.handles));
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(limiter::as_usize(limits.max_header_bytes));
        Self {
            table,
            clocks: WasiClocksCtx::default(),
            random: WasiRandomCtx::default(),
            http,
            hooks,
            limiter: Limiter::new(Arc::clone(limits)),
        }
    }

    pub(crate) fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        &mut self.limiter
    }

    /// The host's side of the component's handles. A host that waits for the
    /// pollables of several streams (`response-stream.subscribe`) finds them
    /// here, and polls and drops them by wasmtime-wasi's implementation of
    /// `wasi:io/poll`. What the component owns must stay.
    pub fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    pub(crate) fn clocks(&mut self) -> WasiClocksCtxView<'_> {
        WasiClocksCtxView {
            ctx: &mut self.clocks,
            table: &mut self.table,
        }
    }

    pub(crate) fn random(&mut self) -> &mut WasiRandomCtx {
        &mut self.random
    }

    pub(crate) fn memory(&self) -> &MemoryGauge {
        self.limiter.memory()
    }

    /// Whether the component holds nothing of the host's: no request, no
    /// response, no timer.
    pub(crate) fn is_clean(&self) -> bool {
        self.table.is_empty()
    }

    /// Gives the sandbox the way out of another call.
    pub(crate) fn set_hooks(&mut self, hooks: Hooks) {
        self.hooks = hooks;
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
