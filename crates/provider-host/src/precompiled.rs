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
    /// runtime trusts it: a person who can choose these bytes can run any code in
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

#[cfg(all(test, feature = "compiler"))]
mod tests {
    use crate::engine::{Engine, EngineOptions};
    use crate::host::{HostError, ProviderHost};
    use crate::manifest::Manifest;

    #[expect(unsafe_code, reason = "the test compiled the code itself")]
    fn refusal(engine: &Engine, code: &[u8]) -> HostError {
        let text = "version: 0.1.0\nname: test\nresource: {memory: 67108864}\ncomponent:\n  \
             file: c.wasm\n  world: higress:model-provider/provider\n  contract: 0.2.0\n";
        let manifest = Manifest::parse(text, "manifest.yaml").unwrap();
        // SAFETY: `precompile` made it, or the runtime refuses to read it.
        let host = unsafe { ProviderHost::from_precompiled(engine.clone(), manifest, code) };
        host.err().unwrap()
    }

    #[test]
    fn precompiled_code_is_read_and_checked_like_a_component() {
        let engine = Engine::new(EngineOptions::default().with_max_instances(1)).unwrap();
        let component = wat::parse_str("(component)").unwrap();
        let code = engine.precompile(&component).unwrap();
        let error = refusal(&engine, &code);
        assert!(matches!(error, HostError::Instantiate { .. }), "{error}");
        let error = refusal(&engine, &component);
        assert!(matches!(error, HostError::Invalid { .. }), "{error}");
        assert!(engine.precompile(b"no component").is_err());
    }
}
