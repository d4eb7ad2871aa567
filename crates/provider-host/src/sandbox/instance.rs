//! A component in a store of its own.

use super::store::Sandbox;
use crate::bindings::Provider;
use wasmtime::Store;

/// An instance, running or idle.
pub(crate) struct Instance {
    pub(crate) store: Store<Sandbox>,
    pub(crate) provider: Provider,
    /// How many calls it has served, the present one included.
    pub(crate) calls: u32,
}
