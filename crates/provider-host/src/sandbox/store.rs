//! What a sandbox holds besides the component's own memory, and how a fresh
//! one is made: clocks, random bytes and a way out by HTTP. There are no
//! files, no environment, no standard streams, no sockets.

use super::cpu::CpuMeter;
use super::limiter::{Limiter, MemoryGauge};
use crate::limits::Limits;
use crate::transport::Hooks;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store};
use wasmtime_wasi::clocks::{WasiClocksCtx, WasiClocksCtxView};
use wasmtime_wasi::random::WasiRandomCtx;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

/// The data of a store.
pub(crate) struct Sandbox {
    table: ResourceTable,
    clocks: WasiClocksCtx,
    random: WasiRandomCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    limiter: Limiter,
}

impl Sandbox {
    pub(crate) fn table(&mut self) -> &mut ResourceTable {
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

    /// Gives the sandbox to the tenant's next call.
    pub(crate) fn hand_over(&mut self, hooks: Hooks) {
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

/// Makes an empty store with all limits in place.
pub(crate) fn new_store(
    engine: &Engine,
    limits: &Arc<Limits>,
    hooks: Hooks,
    meter: &CpuMeter,
) -> Store<Sandbox> {
    let handles = usize_of(limits.handles);
    let mut table = ResourceTable::new();
    table.set_max_capacity(handles);
    let mut http = WasiHttpCtx::new();
    http.set_field_size_limit(usize_of(limits.max_header_bytes));
    let mut store = Store::new(
        engine,
        Sandbox {
            table,
            clocks: WasiClocksCtx::default(),
            random: WasiRandomCtx::default(),
            http,
            hooks,
            limiter: Limiter::new(Arc::clone(limits)),
        },
    );
    store.limiter(|sandbox| &mut sandbox.limiter);
    store.set_max_component_handles(handles);
    store.set_hostcall_fuel(usize::try_from(limits.hostcall_fuel).unwrap_or(usize::MAX));
    meter.watch(&mut store);
    store
}

fn usize_of(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
