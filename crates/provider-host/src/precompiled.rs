//! Machine code that was compiled elsewhere: for hosts without a compiler.

use crate::engine::Engine;
use crate::host::{HostError, ProviderHost};
use crate::manifest::Manifest;
use wasmtime::component::Component;

impl ProviderHost {
    /// Makes a component ready from its machine code, as
    /// [`Engine::precompile`] returned it. Takes milliseconds.
    ///
    /// # Errors
    ///
    /// If the code was compiled for other settings or by another version of
    /// wasmtime, or see [`from_component`](Self::from_component).
    ///
    /// # Safety
    ///
    /// `code` must be the unchanged result of [`Engine::precompile`]. The
    /// runtime trusts it: whoever can choose these bytes can run any code in
    /// this process. Do not take them from a plugin's author or a tenant, and
    /// check a signature of your own where they were stored or sent.
    #[expect(
        unsafe_code,
        reason = "wasmtime runs machine code unchecked, and the caller vouches for it"
    )]
    pub unsafe fn from_precompiled(
        engine: Engine,
        manifest: Manifest,
        code: &[u8],
    ) -> Result<Self, HostError> {
        // SAFETY: as the caller promises.
        let component = unsafe { Component::deserialize(engine.wasmtime(), code) };
        let component = component.map_err(|error| HostError::Invalid {
            source: error.into(),
        })?;
        Self::from_component(engine, manifest, &component)
    }
}
