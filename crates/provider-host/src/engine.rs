//! The engine: compiles components, holds the pool of instances, and increments
//! the epoch that interrupts them. One per process.

pub use crate::limits::MAX_WASM_STACK;

#[cfg(feature = "code-cache")]
use crate::code_cache::CodeCache;
use crate::limits::{MAX_CORE_INSTANCES, MAX_MEMORIES, MAX_TABLE_ELEMENTS, MAX_TABLES};
use crate::link;
use crate::pool::InstancePool;
use crate::runtime_error::RuntimeError;
use crate::sandbox::instance::Instance;
use crate::sandbox::store::Sandbox;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
#[cfg(feature = "compiler")]
use wasmtime::component::Component;
use wasmtime::component::Linker;
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

/// Time between two epoch ticks: how long a busy component can keep other
/// tasks of its thread waiting. 10 ms is what other hosts of this kind use.
/// The check costs the component a few per cent.
pub const EPOCH_INTERVAL: Duration = Duration::from_millis(10);

/// Time between two looks for instances that have been idle for too long.
const SWEEP: Duration = Duration::from_secs(1);

/// Bytes of a memory that stay mapped and are cleared by hand when its slot in
/// the pool is reused, which is cheaper than giving them back to the system. A
/// usual call touches less.
const KEEP_RESIDENT: usize = 320 << 10;

/// Address space for one memory that all 32-bit addresses fall into, so that
/// compiled code checks no bounds: an access beyond the memory's end faults.
/// Without it, an event of a stream takes a quarter more instructions.
const ALL_ADDRESSES: u64 = 4 << 30;

/// Address space after the reservation that faults too: an access at a 32-bit
/// address with a constant offset of less than this is not checked either.
const GUARD: u64 = 32 << 20;

/// How large the pool is.
///
/// ```
/// use provider_host::EngineOptions;
///
/// let options = EngineOptions::default().with_max_instances(1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineOptions {
    /// Instances that can be alive at one time, over all tenants: running
    /// calls and open streams. Default 256. More calls wait.
    pub max_instances: u32,
    /// Bytes of linear memory that an instance can have: the upper bound of
    /// every tenant's limit. Default 256 MiB. Address space for all instances is
    /// reserved at the start, memory is not: 4 GiB an instance, 1 TiB by
    /// default. Where the process cannot have that (`ulimit -v`), only this much
    /// an instance is reserved, and the component runs about a third slower.
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

impl EngineOptions {
    /// The same options, with this [`max_instances`](Self::max_instances).
    #[must_use]
    pub fn with_max_instances(mut self, max_instances: u32) -> Self {
        self.max_instances = max_instances;
        self
    }

    /// The same options, with this [`memory`](Self::memory).
    #[must_use]
    pub fn with_memory(mut self, memory: u64) -> Self {
        self.memory = memory;
        self
    }

    /// The same options, with this
    /// [`max_component_bytes`](Self::max_component_bytes).
    #[must_use]
    pub fn with_max_component_bytes(mut self, max_component_bytes: usize) -> Self {
        self.max_component_bytes = max_component_bytes;
        self
    }

    /// The settings of the engine that [`Engine::new`] makes where the process
    /// can have the address space, to be altered and given to
    /// [`Engine::from_wasmtime`].
    #[must_use]
    pub fn wasmtime_config(self) -> Config {
        configuration(self, Reservation::AllAddresses)
    }
}

/// A shared engine. Cloning it is cheap and gives the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    pool: Arc<InstancePool<Instance>>,
    linker: Arc<OnceLock<Linker<Sandbox>>>,
    options: EngineOptions,
    #[cfg(feature = "code-cache")]
    code_cache: Option<CodeCache>,
}

/// Why an engine could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The pool does not fit: too many instances, too much memory in each, or a
    /// limit on the process's address space.
    #[error("cannot set up the engine for {max_instances} instances of {memory} bytes: {source}; try fewer or smaller instances", max_instances = .options.max_instances, memory = .options.memory)]
    Unavailable {
        /// The options.
        options: EngineOptions,
        /// What the runtime reported.
        source: RuntimeError,
    },
    /// The thread that increments the epoch could not be started.
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
        let with = |reservation| wasmtime::Engine::new(&configuration(options, reservation));
        let inner = with(Reservation::AllAddresses).or_else(|error| {
            tracing::warn!(%error, "no address space for unchecked memory accesses; using less");
            with(Reservation::Memory)
        });
        let inner = inner.map_err(|error| EngineError::Unavailable {
            options,
            source: error.into(),
        })?;
        start_clock(&inner)?;
        Self::from_wasmtime(inner, options)
    }

    /// Uses an engine of the embedder's own, so that one process needs one
    /// engine for all its plugins. [`EngineOptions::wasmtime_config`] is what
    /// [`new`](Self::new) makes its own with.
    ///
    /// `options` says how many of its instances may be providers, and how much
    /// memory one can have: no more than the engine's allocator has room for.
    /// The embedder keeps the epoch: the engine must have
    /// [epoch interruption](wasmtime::Config::epoch_interruption), and something
    /// must increment its epoch every [`EPOCH_INTERVAL`] or so, else
    /// [`cpu_time`](crate::Limits::cpu_time) is not enforced.
    ///
    /// # Errors
    ///
    /// If the thread that drops idle instances cannot be started.
    pub fn from_wasmtime(
        engine: wasmtime::Engine,
        options: EngineOptions,
    ) -> Result<Self, EngineError> {
        let pool = Arc::new(InstancePool::new(options.max_instances));
        start_sweeper(Arc::downgrade(&pool))?;
        Ok(Self {
            inner: engine,
            pool,
            linker: Arc::default(),
            options,
            #[cfg(feature = "code-cache")]
            code_cache: None,
        })
    }

    /// The same engine, which keeps what it compiles in `cache` and does not
    /// compile what is there.
    #[cfg(feature = "code-cache")]
    #[must_use]
    pub fn with_code_cache(self, cache: CodeCache) -> Self {
        Self {
            code_cache: Some(cache),
            ..self
        }
    }

    #[cfg(feature = "code-cache")]
    pub(crate) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        let compile = || Component::new(&self.inner, bytes);
        match &self.code_cache {
            Some(cache) => cache.component(&self.inner, bytes, compile),
            None => compile(),
        }
    }

    #[cfg(all(feature = "compiler", not(feature = "code-cache")))]
    pub(crate) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        Component::new(&self.inner, bytes)
    }

    /// Compiles a component to machine code for engines with these settings and
    /// this version of wasmtime, to be given to
    /// [`ProviderHost::from_precompiled`](crate::ProviderHost::from_precompiled)
    /// where there is no compiler. Blocks for some tenths of a second.
    ///
    /// The [`memory`](EngineOptions::memory) that could be reserved is one of
    /// the settings: compile under the limits of address space that the code
    /// will run under.
    ///
    /// # Errors
    ///
    /// If the bytes are not a component, or need what this engine does not do.
    #[cfg(feature = "compiler")]
    pub fn precompile(&self, bytes: &[u8]) -> Result<Vec<u8>, RuntimeError> {
        Ok(self.inner.precompile_component(bytes)?)
    }

    /// How large the pool is.
    #[must_use]
    pub fn options(&self) -> EngineOptions {
        self.options
    }

    /// wasmtime's engine.
    #[must_use]
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// Instances that are alive: those of calls, of open streams, and idle ones
    /// that are kept for a tenant's next call.
    #[must_use]
    pub fn live_instances(&self) -> usize {
        self.pool.live()
    }

    pub(crate) fn pool(&self) -> &InstancePool<Instance> {
        &self.pool
    }

    /// The functions that all components of this engine are linked to. They are
    /// collected for the first of them, and looked up for the others.
    pub(crate) fn linker(&self) -> wasmtime::Result<&Linker<Sandbox>> {
        if let Some(linker) = self.linker.get() {
            return Ok(linker);
        }
        let mut linker = Linker::new(&self.inner);
        link::add_to_linker(&mut linker)?;
        Ok(self.linker.get_or_init(|| linker))
    }
}

/// The address space of one memory in the pool.
#[derive(Clone, Copy)]
enum Reservation {
    /// [`ALL_ADDRESSES`] and [`GUARD`]: nothing is checked.
    AllAddresses,
    /// [`EngineOptions::memory`]: every access is checked.
    Memory,
}

fn configuration(options: EngineOptions, reservation: Reservation) -> Config {
    let (reserved, guard) = match reservation {
        Reservation::AllAddresses => (options.memory.max(ALL_ADDRESSES), GUARD),
        Reservation::Memory => (options.memory, 64 << 10),
    };
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .max_wasm_stack(MAX_WASM_STACK)
        .epoch_interruption(true)
        .memory_init_cow(true)
        .memory_reservation(reserved)
        .memory_guard_size(guard)
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
        .total_core_instances(options.max_instances.saturating_mul(MAX_CORE_INSTANCES))
        .total_memories(options.max_instances.saturating_mul(MAX_MEMORIES))
        .total_tables(options.max_instances.saturating_mul(MAX_TABLES))
        .total_stacks(options.max_instances)
        .max_core_instances_per_component(MAX_CORE_INSTANCES)
        .max_memories_per_component(MAX_MEMORIES)
        .max_tables_per_component(MAX_TABLES)
        .table_elements(usize::try_from(MAX_TABLE_ELEMENTS).unwrap_or(usize::MAX))
        .max_memory_size(usize::try_from(options.memory).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT);
    pool
}

/// Increments the epoch until the engine, and every store of it, is gone.
fn start_clock(engine: &wasmtime::Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let tick = move || {
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
        .spawn(tick)?;
    Ok(())
}

/// Drops idle instances when their timeout has passed, until the engine is
/// gone. Not on the clock's thread: it takes a while, and runs destructors that
/// a tenant supplied.
fn start_sweeper(pool: Weak<InstancePool<Instance>>) -> std::io::Result<()> {
    let sweep = move || {
        loop {
            std::thread::sleep(SWEEP);
            match pool.upgrade() {
                Some(pool) => pool.sweep(),
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
        let weak = engine.wasmtime().weak();
        drop(engine);
        // A tick may hold the engine for a moment; no later one can.
        std::thread::sleep(EPOCH_INTERVAL * 5);
        assert!(weak.upgrade().is_none());
    }
}
