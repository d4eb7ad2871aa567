//! The limits of a sandbox: what each one means, what it is by default, and
//! what a call that meets it ends with.
//!
//! | limit | default | in the manifest's `resource` | its breach |
//! | --- | --- | --- | --- |
//! | [`memory`](Limits::memory) | 64 MiB | `memory` | [`Breach::Memory`] |
//! | [`table_elements`](Limits::table_elements) | 10,000 | `table_elements` | [`Breach::TableElements`] |
//! | [`instances`](Limits::instances) | 8 | `instances` | [`Breach::Instances`] |
//! | [`tables`](Limits::tables) | 4 | `tables` | [`Breach::Tables`] |
//! | [`memories`](Limits::memories) | 1 | `memories` | [`Breach::Memories`] |
//! | [`handles`](Limits::handles) | 1,000 | `handles` | [`Breach::Handles`] |
//! | [`field_bytes`](Limits::field_bytes) | 64 KiB | `field_bytes` | [`Breach::Fields`] |
//! | [`transfer_bytes`](Limits::transfer_bytes) | as `memory` | `transfer_bytes` | [`Breach::Transfer`] |
//! | [`requests`](Limits::requests) | 4,096 | `requests` | [`Breach::Requests`] |
//! | [`request_bytes`](Limits::request_bytes) | 256 MiB | `request_bytes` | [`Breach::RequestBytes`] |
//! | [`response_bytes`](Limits::response_bytes) | 256 MiB | `response_bytes` | [`Breach::ResponseBytes`] |
//! | [`response_head_bytes`](Limits::response_head_bytes) | 64 KiB | `response_head_bytes` | [`Breach::ResponseHead`] |
//! | [`concurrent_requests`](Limits::concurrent_requests) | 128 | `concurrent_requests` | a timeout of the request |
//! | [`deadline`](Limits::deadline) | 15 min | `deadline_seconds` | [`CallError::Deadline`] |
//! | [`cpu_time`](Limits::cpu_time) | 10 s | `cpu_seconds` | [`CallError::CpuBudget`] |
//! | [`concurrent_calls`](Limits::concurrent_calls) | 32 | `concurrent_calls` | the call waits |
//! | [`waiting_calls`](Limits::waiting_calls) | 256 | `waiting_calls` | [`CallError::QueueFull`] |
//! | [`queue_wait`](Limits::queue_wait) | 5 s | `queue_seconds` | [`CallError::Busy`] |
//!
//! The stack is the engine's: [`STACK`](crate::engine::STACK), whose breach is
//! [`Breach::Stack`].
//!
//! [`Breach::Memory`]: crate::error::Breach::Memory
//! [`Breach::TableElements`]: crate::error::Breach::TableElements
//! [`Breach::Instances`]: crate::error::Breach::Instances
//! [`Breach::Tables`]: crate::error::Breach::Tables
//! [`Breach::Memories`]: crate::error::Breach::Memories
//! [`Breach::Handles`]: crate::error::Breach::Handles
//! [`Breach::Fields`]: crate::error::Breach::Fields
//! [`Breach::Transfer`]: crate::error::Breach::Transfer
//! [`Breach::Requests`]: crate::error::Breach::Requests
//! [`Breach::RequestBytes`]: crate::error::Breach::RequestBytes
//! [`Breach::ResponseBytes`]: crate::error::Breach::ResponseBytes
//! [`Breach::ResponseHead`]: crate::error::Breach::ResponseHead
//! [`Breach::Stack`]: crate::error::Breach::Stack
//! [`CallError::Deadline`]: crate::error::CallError::Deadline
//! [`CallError::CpuBudget`]: crate::error::CallError::CpuBudget
//! [`CallError::QueueFull`]: crate::error::CallError::QueueFull
//! [`CallError::Busy`]: crate::error::CallError::Busy

// No enforcement here: memory and tables are watched in `sandbox::limiter`, CPU
// time in `sandbox::cpu`, traffic in `transport::traffic`, waiting in
// `sandbox::queue`, the rest where a store is made (`sandbox::store`).

use crate::engine::{
    CORE_INSTANCES_PER_PLACE, MEMORIES_PER_PLACE, TABLE_ELEMENTS, TABLES_PER_PLACE,
};
use crate::manifest::{Manifest, Seconds};
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// What one tenant's calls may use. Each call has a sandbox to itself, so all
/// limits but the four that count a tenant's calls and requests at one time
/// hold for one call, or for one stream from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub field_bytes: u32,
    /// Bytes that cross from the component to the host in one call or result.
    /// Default 64 MiB, the default of `memory`: a result cannot be larger
    /// than the memory it comes from.
    pub transfer_bytes: u64,
    /// HTTP requests, retries included. Default 4,096: the longest list of
    /// texts (2,048), embedded one by one, each sent twice.
    pub requests: u32,
    /// Bytes of the bodies of all requests together. Default 256 MiB.
    pub request_bytes: u64,
    /// Bytes of the bodies of all replies together. Default 256 MiB: more
    /// than ten large images in base64.
    pub response_bytes: u64,
    /// Bytes of one reply's head. Default 64 KiB; not below 8 KiB. It is
    /// looked at between two reads, so that a head of up to twice as much can
    /// pass.
    pub response_head_bytes: u32,
    /// HTTP requests of the tenant on their way at one time, over all its
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
    /// Calls of the tenant that wait for a place at one time. Default 256.
    /// More are refused at once.
    pub waiting_calls: u32,
    /// Longest wait for a free place before a call is refused. Default 5 s.
    pub queue_wait: Duration,
}

impl Limits {
    /// The defaults, with what the manifest says in their place.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let resource = &manifest.resource;
        let defaults = Self::default();
        let memory = resource.memory.bytes();
        let count = |given: Option<NonZeroU32>, default| given.map_or(default, NonZeroU32::get);
        let bytes = |given: Option<NonZeroU64>, default| given.map_or(default, NonZeroU64::get);
        let time = |given: Option<Seconds>, default| given.map_or(default, Seconds::duration);
        Self {
            memory,
            table_elements: count(resource.table_elements, TABLE_ELEMENTS).into(),
            instances: count(resource.instances, defaults.instances),
            tables: count(resource.tables, defaults.tables),
            memories: count(resource.memories, defaults.memories),
            handles: count(resource.handles, defaults.handles),
            field_bytes: count(resource.field_bytes, defaults.field_bytes),
            transfer_bytes: bytes(resource.transfer_bytes, memory),
            requests: count(resource.requests, defaults.requests),
            request_bytes: bytes(resource.request_bytes, defaults.request_bytes),
            response_bytes: bytes(resource.response_bytes, defaults.response_bytes),
            response_head_bytes: count(resource.response_head_bytes, defaults.response_head_bytes),
            concurrent_requests: count(resource.concurrent_requests, defaults.concurrent_requests),
            deadline: time(resource.deadline_seconds, defaults.deadline),
            cpu_time: time(resource.cpu_seconds, defaults.cpu_time),
            concurrent_calls: count(resource.concurrent_calls, defaults.concurrent_calls),
            waiting_calls: count(resource.waiting_calls, defaults.waiting_calls),
            queue_wait: time(resource.queue_seconds, defaults.queue_wait),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            table_elements: TABLE_ELEMENTS.into(),
            instances: CORE_INSTANCES_PER_PLACE,
            tables: TABLES_PER_PLACE,
            memories: MEMORIES_PER_PLACE,
            handles: 1_000,
            field_bytes: 64 << 10,
            transfer_bytes: 64 << 20,
            requests: 4_096,
            request_bytes: 256 << 20,
            response_bytes: 256 << 20,
            response_head_bytes: 64 << 10,
            concurrent_requests: 128,
            deadline: Duration::from_mins(15),
            cpu_time: Duration::from_secs(10),
            concurrent_calls: 32,
            waiting_calls: 256,
            queue_wait: Duration::from_secs(5),
        }
    }
}
