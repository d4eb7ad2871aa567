//! The limits of a sandbox: what each one means and what it is by default. No
//! enforcement here: memory and tables are watched in `limiter`, CPU time in
//! `cpu`, bytes in `transport`, the rest where a store is made (`store`) or a
//! call begins (`call`).

use crate::engine::{
    CORE_INSTANCES_PER_PLACE, MEMORIES_PER_PLACE, TABLE_ELEMENTS, TABLES_PER_PLACE,
};
use crate::manifest::{Manifest, Seconds};
use std::num::NonZeroU32;
use std::time::Duration;

/// What one tenant's calls may use. Each call has its own sandbox, so all
/// limits but [`concurrent_calls`](Self::concurrent_calls) hold for one call,
/// or for one stream from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, over all memories of the component together.
    /// Default 64 MiB; [`Limits::of`] takes the manifest's `resource.memory`.
    /// At most the engine's [`memory`](crate::engine::EngineOptions::memory).
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
    pub field_size: u32,
    /// Bytes that cross from the component to the host in one call or result.
    /// Default 64 MiB, the default of `memory`: a result cannot be larger
    /// than the memory it comes from.
    pub transfer: u64,
    /// Bytes of one request's body. Default 64 MiB.
    pub request_body: u64,
    /// Bytes of one reply's body. Default 256 MiB: more than ten large images
    /// in base64.
    pub response_body: u64,
    /// Bytes of one reply's head. Default 64 KiB; not below 8 KiB.
    pub response_head: u32,
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
    /// Longest wait for a free place before a call is refused as
    /// [`Busy`](crate::error::CallError::Busy). Default 5 s.
    pub queue_wait: Duration,
}

impl Limits {
    /// The defaults, with what the manifest says in their place.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let resource = &manifest.resource;
        let memory = resource.memory.bytes();
        let defaults = Self::default();
        Self {
            memory,
            transfer: memory,
            deadline: resource
                .deadline_seconds
                .map_or(defaults.deadline, Seconds::duration),
            cpu_time: resource
                .cpu_seconds
                .map_or(defaults.cpu_time, Seconds::duration),
            concurrent_calls: resource
                .concurrent_calls
                .map_or(defaults.concurrent_calls, NonZeroU32::get),
            ..defaults
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
            field_size: 64 << 10,
            transfer: 64 << 20,
            request_body: 64 << 20,
            response_body: 256 << 20,
            response_head: 64 << 10,
            deadline: Duration::from_mins(15),
            cpu_time: Duration::from_secs(10),
            concurrent_calls: 32,
            queue_wait: Duration::from_secs(5),
        }
    }
}
