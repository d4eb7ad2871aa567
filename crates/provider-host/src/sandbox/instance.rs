//! A component in a store of its own.

use super::store::Sandbox;
use crate::exports::LoadedExports;
use crate::model::Model;
use wasmtime::Store;
use wasmtime::component::{Instance as ComponentInstance, ResourceAny};

/// An instance, running or idle.
pub(crate) struct Instance {
    pub(crate) store: Store<Sandbox>,
    pub(crate) component: ComponentInstance,
    pub(crate) exports: LoadedExports,
    /// The model of the last call, and the component's resource of it.
    pub(crate) model: Option<(Model, ResourceAny)>,
    /// How many calls it has served, the present one included.
    pub(crate) calls: u32,
}
