//! The limits of a sandbox: what each one means, what it is by default, and
//! what a call that exceeds it ends with.
//!
//! | limit | default | in the manifest's `resource` | a call that exceeds it |
//! | --- | --- | --- | --- |
//! | [`memory`](Limits::memory) | 64 MiB | `memory` | [`LimitExceeded::Memory`] |
//! | [`table_elements`](Limits::table_elements) | 10,000 | `table_elements` | [`LimitExceeded::TableElements`] |
//! | [`instances`](Limits::instances) | 8 | `instances` | [`LimitExceeded::Instances`] |
//! | [`tables`](Limits::tables) | 4 | `tables` | [`LimitExceeded::Tables`] |
//! | [`memories`](Limits::memories) | 1 | `memories` | [`LimitExceeded::Memories`] |
//! | [`handles`](Limits::handles) | 1,000 | `handles` | [`LimitExceeded::Handles`] |
//! | [`max_header_bytes`](Limits::max_header_bytes) | 64 KiB | `max_header_bytes` | [`LimitExceeded::Fields`] |
//! | [`hostcall_fuel`](Limits::hostcall_fuel) | as `memory` | `hostcall_fuel` | [`LimitExceeded::Transfer`] |
//! | [`requests`](Limits::requests) | 4,096 | `requests` | [`LimitExceeded::Requests`] |
//! | [`request_bytes`](Limits::request_bytes) | 256 MiB | `request_bytes` | [`LimitExceeded::RequestBytes`] |
//! | [`response_bytes`](Limits::response_bytes) | 256 MiB | `response_bytes` | [`LimitExceeded::ResponseBytes`] |
//! | [`response_head_bytes`](Limits::response_head_bytes) | 64 KiB | `response_head_bytes` | [`LimitExceeded::ResponseHead`] |
//! | [`concurrent_requests`](Limits::concurrent_requests) | 128 | `concurrent_requests` | a timeout of the request |
//! | [`deadline`](Limits::deadline) | 15 min | `deadline_seconds` | [`CallError::DeadlineExceeded`] |
//! | [`cpu_time`](Limits::cpu_time) | 10 s | `cpu_seconds` | [`CallError::CpuTimeExceeded`] |
//! | [`concurrent_calls`](Limits::concurrent_calls) | 32 | `concurrent_calls` | the call waits |
//! | [`max_queued_calls`](Limits::max_queued_calls) | 256 | `max_queued_calls` | [`CallError::QueueFull`] |
//! | [`queue_timeout`](Limits::queue_timeout) | 5 s | `queue_seconds` | [`CallError::QueueTimeout`] |
//!
//! The stack is the engine's, [`MAX_WASM_STACK`]; a call that exceeds it ends
//! with [`LimitExceeded::Stack`].
//!
//! [`LimitExceeded::Memory`]: crate::error::LimitExceeded::Memory
//! [`LimitExceeded::TableElements`]: crate::error::LimitExceeded::TableElements
//! [`LimitExceeded::Instances`]: crate::error::LimitExceeded::Instances
//! [`LimitExceeded::Tables`]: crate::error::LimitExceeded::Tables
//! [`LimitExceeded::Memories`]: crate::error::LimitExceeded::Memories
//! [`LimitExceeded::Handles`]: crate::error::LimitExceeded::Handles
//! [`LimitExceeded::Fields`]: crate::error::LimitExceeded::Fields
//! [`LimitExceeded::Transfer`]: crate::error::LimitExceeded::Transfer
//! [`LimitExceeded::Requests`]: crate::error::LimitExceeded::Requests
//! [`LimitExceeded::RequestBytes`]: crate::error::LimitExceeded::RequestBytes
//! [`LimitExceeded::ResponseBytes`]: crate::error::LimitExceeded::ResponseBytes
//! [`LimitExceeded::ResponseHead`]: crate::error::LimitExceeded::ResponseHead
//! [`LimitExceeded::Stack`]: crate::error::LimitExceeded::Stack
//! [`CallError::DeadlineExceeded`]: crate::error::CallError::DeadlineExceeded
//! [`CallError::CpuTimeExceeded`]: crate::error::CallError::CpuTimeExceeded
//! [`CallError::QueueFull`]: crate::error::CallError::QueueFull
//! [`CallError::QueueTimeout`]: crate::error::CallError::QueueTimeout

// No enforcement here: memory and tables are watched in `sandbox::limiter`, CPU
// time in `sandbox::cpu`, traffic in `transport::transfer_limits`, waiting in
// `sandbox::admission`, the rest where a store is limited (`sandbox::guard`).

use crate::manifest::{Manifest, Seconds};
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// Core instances of one component instance that an engine's pool has room for:
/// a component of one module has its module and two or three adapters for the
/// imports; twice that.
pub(crate) const MAX_CORE_INSTANCES: u32 = 8;

/// Tables of one component instance that the pool has room for: the module's
/// own, that of the adapters, and as many again.
pub(crate) const MAX_TABLES: u32 = 4;

/// Linear memories of one component instance that the pool has room for: the
/// address space of one is reserved whether it is used or not.
pub(crate) const MAX_MEMORIES: u32 = 1;

/// Elements that each table of the pool has room for. A component of this kind
/// has some hundred functions.
pub(crate) const MAX_TABLE_ELEMENTS: u32 = 10_000;

/// Bytes of stack for a component's own calls, the runtime's default. What
/// needs more recurses without end.
pub const MAX_WASM_STACK: usize = 512 << 10;

/// What one tenant's calls may use. Each call has a sandbox to itself, so all
/// limits but the four that count a tenant's calls and requests at one time
/// hold for one call, or for one stream from its start to its end.
///
/// ```
/// use provider_host::Limits;
/// use std::time::Duration;
///
/// let limits = Limits::default()
///     .with_memory(128 << 20)
///     .with_deadline(Duration::from_mins(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of linear memory, over all memories of the component together.
    /// Default 64 MiB. At most the engine's
    /// [`memory`](crate::engine::EngineOptions::memory).
    pub memory: u64,
    /// Elements of one table. Default 10,000, which is also the most that the
    /// engine's pool has room for.
    pub table_elements: u64,
    /// Core instances. Default 8, which is also the pool's most: a component
    /// of one module has about four, the others being adapters.
    pub instances: u32,
    /// Tables. Default 4, which is also the pool's most.
    pub tables: u32,
    /// Linear memories. Default 1, which is also the pool's most.
    pub memories: u32,
    /// Live handles, counted once in the component's own tables and once in
    /// the host's table of resources. Default 1,000: one request needs about
    /// ten.
    pub handles: u32,
    /// Bytes of one set of header fields, with the overhead of holding them
    /// in memory. Default 64 KiB.
    pub max_header_bytes: u32,
    /// Bytes that cross from the component to the host in one call or result.
    /// Default 64 MiB, the default of `memory`: a result cannot be larger
    /// than the memory it comes from.
    pub hostcall_fuel: u64,
    /// HTTP requests, retries included. Default 4,096: the longest list of
    /// texts (2,048), embedded one by one, each sent twice.
    pub requests: u32,
    /// Bytes of the bodies of all requests together. Default 256 MiB.
    pub request_bytes: u64,
    /// Bytes of the bodies of all responses together. Default 256 MiB: more
    /// than ten large images in base64.
    pub response_bytes: u64,
    /// Bytes of one response's head. Default 64 KiB; not below 8 KiB. It is
    /// looked at between two reads, so that a head of up to twice as much can
    /// pass.
    pub response_head_bytes: u32,
    /// HTTP requests of the tenant in flight at one time, over all its
    /// calls, and so about its sockets: these and the unused ones of its
    /// pool. Default 128, four for each call. More wait, within their own
    /// timeouts.
    pub concurrent_requests: u32,
    /// Time from the start of a call to its end, waiting included. Default
    /// 15 minutes: the contract's longest timeout (10 minutes) and half as
    /// much for the rest of a stream.
    pub deadline: Duration,
    /// Time in which the component runs, without the time it waits. It is
    /// checked at every epoch tick. Default 10 s; a usual call takes
    /// milliseconds.
    pub cpu_time: Duration,
    /// Calls and open streams of the tenant at one time. Default 32. More
    /// wait.
    pub concurrent_calls: u32,
    /// Calls of the tenant that are queued at one time. Default 256.
    /// More are refused at once.
    pub max_queued_calls: u32,
    /// Longest time in the queue before a call is refused. Default 5 s.
    pub queue_timeout: Duration,
}

/// A setter for each field.
macro_rules! setters {
    ($($field:ident: $type:ty => $setter:ident,)*) => {
        impl Limits {
            $(
                #[doc = concat!("The same limits, with this [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $setter(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

setters! {
    memory: u64 => with_memory,
    table_elements: u64 => with_table_elements,
    instances: u32 => with_instances,
    tables: u32 => with_tables,
    memories: u32 => with_memories,
    handles: u32 => with_handles,
    max_header_bytes: u32 => with_max_header_bytes,
    hostcall_fuel: u64 => with_hostcall_fuel,
    requests: u32 => with_requests,
    request_bytes: u64 => with_request_bytes,
    response_bytes: u64 => with_response_bytes,
    response_head_bytes: u32 => with_response_head_bytes,
    concurrent_requests: u32 => with_concurrent_requests,
    deadline: Duration => with_deadline,
    cpu_time: Duration => with_cpu_time,
    concurrent_calls: u32 => with_concurrent_calls,
    max_queued_calls: u32 => with_max_queued_calls,
    queue_timeout: Duration => with_queue_timeout,
}

impl From<&Manifest> for Limits {
    /// The manifest's limits; the defaults where it has none.
    fn from(manifest: &Manifest) -> Self {
        let resource = &manifest.resource;
        let defaults = Self::default();
        let memory = resource.memory.bytes();
        let count = |given: Option<NonZeroU32>, default| given.map_or(default, NonZeroU32::get);
        let bytes = |given: Option<NonZeroU64>, default| given.map_or(default, NonZeroU64::get);
        let time = |given: Option<Seconds>, default| given.map_or(default, Seconds::duration);
        Self {
            memory,
            table_elements: count(resource.table_elements, MAX_TABLE_ELEMENTS).into(),
            instances: count(resource.instances, defaults.instances),
            tables: count(resource.tables, defaults.tables),
            memories: count(resource.memories, defaults.memories),
            handles: count(resource.handles, defaults.handles),
            max_header_bytes: count(resource.max_header_bytes, defaults.max_header_bytes),
            hostcall_fuel: bytes(resource.hostcall_fuel, memory),
            requests: count(resource.requests, defaults.requests),
            request_bytes: bytes(resource.request_bytes, defaults.request_bytes),
            response_bytes: bytes(resource.response_bytes, defaults.response_bytes),
            response_head_bytes: count(resource.response_head_bytes, defaults.response_head_bytes),
            concurrent_requests: count(resource.concurrent_requests, defaults.concurrent_requests),
            deadline: time(resource.deadline_seconds, defaults.deadline),
            cpu_time: time(resource.cpu_seconds, defaults.cpu_time),
            concurrent_calls: count(resource.concurrent_calls, defaults.concurrent_calls),
            max_queued_calls: count(resource.max_queued_calls, defaults.max_queued_calls),
            queue_timeout: time(resource.queue_seconds, defaults.queue_timeout),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            table_elements: MAX_TABLE_ELEMENTS.into(),
            instances: MAX_CORE_INSTANCES,
            tables: MAX_TABLES,
            memories: MAX_MEMORIES,
            handles: 1_000,
            max_header_bytes: 64 << 10,
            hostcall_fuel: 64 << 20,
            requests: 4_096,
            request_bytes: 256 << 20,
            response_bytes: 256 << 20,
            response_head_bytes: 64 << 10,
            concurrent_requests: 128,
            deadline: Duration::from_mins(15),
            cpu_time: Duration::from_secs(10),
            concurrent_calls: 32,
            max_queued_calls: 256,
            queue_timeout: Duration::from_secs(5),
        }
    }
}
