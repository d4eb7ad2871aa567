//! Pollables of a component, from the host's side.

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::io::poll::{Host as _, HostPollable as _};

/// What `response-stream.subscribe` returns.
pub type Pollable = DynPollable;

/// Whether it is ready now.
pub async fn is_ready(table: &mut ResourceTable, pollable: &Resource<Pollable>) -> bool {
    let ready = table.ready(lent(pollable)).await;
    ready.unwrap()
}

/// Waits until one is ready. Returns the places of those that are.
pub async fn wait(table: &mut ResourceTable, pollables: &[&Resource<Pollable>]) -> Vec<u32> {
    let pollables = pollables.iter().map(|pollable| lent(pollable)).collect();
    table.poll(pollables).await.unwrap()
}

/// Drops a pollable that the component has returned.
pub fn drop(table: &mut ResourceTable, pollable: Resource<Pollable>) {
    wasmtime_wasi::p2::bindings::io::poll::HostPollable::drop(table, pollable).unwrap();
}

fn lent(pollable: &Resource<Pollable>) -> Resource<Pollable> {
    Resource::new_borrow(pollable.rep())
}
