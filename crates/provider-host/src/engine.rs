//! The engine: compiles components, holds the pool of places that instances
//! run in, and beats the epoch that interrupts them. One for a process.

use crate::code_cache::CodeCache;
use crate::sandbox::places::Places;
use std::sync::{Arc, Weak};
use std::time::Duration;
use wasmtime::component::Component;
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

/// Time between two epoch ticks: how long a busy component can keep other
/// tasks of its thread waiting. 10 ms is what other hosts of this kind use;
/// the check costs the component a few per cent.
pub const EPOCH_INTERVAL: Duration = Duration::from_millis(10);

/// Core instances in the pool for each place: a component of one module has
/// its module and two or three adapters for the imports; twice that.
pub(crate) const CORE_INSTANCES_PER_PLACE: u32 = 8;

/// Tables in the pool for each place: the module's own, that of the adapters,
/// and as many again.
pub(crate) const TABLES_PER_PLACE: u32 = 4;

/// Linear memories in the pool for each place: the address space of one is
/// reserved whether it is used or not.
pub(crate) const MEMORIES_PER_PLACE: u32 = 1;

/// Elements that each table of the pool has room for. A component of this
/// kind has some hundred functions.
pub(crate) const TABLE_ELEMENTS: u32 = 10_000;

/// Bytes of stack for a component's own calls, the runtime's default. What
/// needs more is nested without end.
pub const MAX_WASM_STACK: usize = 512 << 10;

/// Time between two looks at sandboxes that may have been idle for too long.
const SWEEP: Duration = Duration::from_secs(1);

/// Bytes of a memory that stay mapped and are cleared by hand when its place
/// is reused, which is cheaper than giving them back to the system. A usual
/// call touches less.
const KEEP_RESIDENT: usize = 256 << 10;

/// How large the pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineOptions {
    /// Instances that can be alive at one time, over all tenants: running
    /// calls and open streams. Default 256. More calls wait.
    pub max_instances: u32,
    /// Bytes of linear memory that a place can have: the upper bound of every
    /// tenant's limit. Default 256 MiB. Address space for all places is
    /// reserved at the start (64 GiB by default), memory is not.
    pub memory: u64,
    /// Bytes of a component that the engine compiles, at most. Default 64 MiB:
    /// a component with an interpreter in it, of JavaScript or Python, has 14
    /// to 19 MB. Compiling takes time and memory in proportion.
    pub max_component_bytes: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            max_instances: 256,
            memory: 256 << 20,
            max_component_bytes: 64 << 20,
        }
    }
}

/// A shared engine. Cloning it is cheap and gives the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    places: Arc<Places>,
    options: EngineOptions,
    code_cache: Option<CodeCache>,
}

/// Why an engine could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The pool does not fit: too many places, too much memory in each, or a
    /// limit on the process's address space.
    #[error("cannot set up the engine for {max_instances} instances of {memory} bytes: {reason}; try fewer or smaller instances", max_instances = .options.max_instances, memory = .options.memory)]
    Unavailable {
        /// What was asked for.
        options: EngineOptions,
        /// What the runtime said.
        reason: String,
    },
    /// The thread that beats the epoch could not be started.
    #[error("cannot start the engine's clock: {0}")]
    Clock(#[from] std::io::Error),
}

impl Engine {
    /// Makes an engine and starts its clock.
    ///
    /// # Errors
    ///
    /// If the pool does not fit, or the clock's thread cannot be started.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let inner = wasmtime::Engine::new(&configuration(options)).map_err(|error| {
            EngineError::Unavailable {
                options,
                reason: format!("{error:#}"),
            }
        })?;
        let places = Arc::new(Places::new(options.max_instances));
        start_clock(&inner)?;
        start_sweeper(Arc::downgrade(&places))?;
        Ok(Self {
            inner,
            places,
            options,
            code_cache: None,
        })
    }

    /// The same engine, which keeps what it compiles in `cache` and does not
    /// compile what is there.
    #[must_use]
    pub fn with_code_cache(self, cache: CodeCache) -> Self {
        Self {
            code_cache: Some(cache),
            ..self
        }
    }

    pub(crate) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        let compile = || Component::new(&self.inner, bytes);
        match &self.code_cache {
            Some(cache) => cache.component(&self.inner, bytes, compile),
            None => compile(),
        }
    }

    /// How large the pool is.
    #[must_use]
    pub fn options(&self) -> EngineOptions {
        self.options
    }

    pub(crate) fn inner(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// Sandboxes that are alive: calls, open streams, and those that are kept
    /// for a tenant's next call.
    #[must_use]
    pub fn live_instances(&self) -> usize {
        self.places.taken()
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }
}

fn configuration(options: EngineOptions) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .max_wasm_stack(MAX_WASM_STACK)
        .epoch_interruption(true)
        .memory_init_cow(true)
        .memory_reservation(options.memory)
        .memory_guard_size(64 << 10)
        .guard_before_linear_memory(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options)));
    // What no component needs here is not even decoded. Threads, garbage
    // collection and exceptions are not compiled into this crate's wasmtime.
    config
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_wide_arithmetic(false);
    config
}

fn pool(options: EngineOptions) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(options.max_instances)
        .total_core_instances(
            options
                .max_instances
                .saturating_mul(CORE_INSTANCES_PER_PLACE),
        )
        .total_memories(options.max_instances.saturating_mul(MEMORIES_PER_PLACE))
        .total_tables(options.max_instances.saturating_mul(TABLES_PER_PLACE))
        .total_stacks(options.max_instances)
        .max_core_instances_per_component(CORE_INSTANCES_PER_PLACE)
        .max_memories_per_component(MEMORIES_PER_PLACE)
        .max_tables_per_component(TABLES_PER_PLACE)
        .table_elements(usize::try_from(TABLE_ELEMENTS).unwrap_or(usize::MAX))
        .max_memory_size(usize::try_from(options.memory).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT);
    pool
}

/// Beats the epoch until the engine, and every store of it, is gone.
fn start_clock(engine: &wasmtime::Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let beat = move || {
        loop {
            std::thread::sleep(EPOCH_INTERVAL);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => break,
            }
        }
    };
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(beat)?;
    Ok(())
}

/// Throws idle sandboxes away when their time is over, until the engine is
/// gone. Not on the clock's thread: that takes a while, and runs what a tenant
/// brought along.
fn start_sweeper(places: Weak<Places>) -> std::io::Result<()> {
    let sweep = move || {
        loop {
            std::thread::sleep(SWEEP);
            match places.upgrade() {
                Some(places) => places.sweep(),
                None => break,
            }
        }
    };
    std::thread::Builder::new()
        .name("sweeper".to_owned())
        .spawn(sweep)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{EPOCH_INTERVAL, Engine, EngineOptions};

    #[test]
    fn the_default_pool_fits() {
        Engine::new(EngineOptions::default()).unwrap();
    }

    #[test]
    fn a_pool_that_cannot_fit_is_refused_with_its_size() {
        let options = EngineOptions {
            max_instances: 1_000_000,
            memory: 4 << 30,
            ..EngineOptions::default()
        };
        let message = Engine::new(options).err().unwrap().to_string();
        assert!(message.contains("1000000 instances"), "{message}");
    }

    #[test]
    fn the_clock_stops_when_the_engine_is_dropped() {
        let engine = Engine::new(EngineOptions {
            max_instances: 1,
            ..EngineOptions::default()
        })
        .unwrap();
        let weak = engine.inner().weak();
        drop(engine);
        // A tick may hold the engine for a moment; no later one can.
        std::thread::sleep(EPOCH_INTERVAL * 5);
        assert!(weak.upgrade().is_none());
    }
}
