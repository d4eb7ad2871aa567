//! Compiling a component: only with the feature `compiler`.

use super::{HostError, ProviderHost};
use crate::component_check;
use crate::component_names::ComponentNames;
use crate::engine::{Engine, EngineOptions};
use crate::manifest::Manifest;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

impl ProviderHost {
    /// Reads the manifest at `path` and compiles the component that it names, on
    /// an engine of its own with the default options, and as much memory for an
    /// instance as the manifest asks for if that is more.
    ///
    /// Blocks for some tenths of a second: on an async thread, use
    /// [`load_async`](Self::load_async). An engine with a code cache compiles a
    /// component once, see [`from_file`](Self::from_file).
    ///
    /// # Errors
    ///
    /// If the manifest, the component or the engine cannot be used.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, HostError> {
        let manifest = Manifest::read(path)?;
        let component = manifest.component_path();
        let options = EngineOptions::default();
        let memory = options.memory.max(manifest.resource.memory.bytes());
        let engine = Engine::new(options.with_memory(memory))?;
        Self::from_file(engine, manifest, component)
    }

    /// The same as [`load`](Self::load), on a thread of the tokio runtime where
    /// it may block.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn load_async(path: impl Into<PathBuf>) -> Result<Self, HostError> {
        let path = path.into();
        let loading = tokio::task::spawn_blocking(move || Self::load(path));
        match loading.await {
            Ok(loaded) => loaded,
            // The task is never cancelled but by the runtime's shutdown.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Compiles the component in the file at `path`. Blocks as
    /// [`load`](Self::load) does.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or see [`from_bytes`](Self::from_bytes).
    pub fn from_file(
        engine: Engine,
        manifest: Manifest,
        path: impl AsRef<Path>,
    ) -> Result<Self, HostError> {
        let path = path.as_ref();
        let limit = engine.options().max_component_bytes;
        let bytes = read(path, limit).map_err(|source| HostError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?;
        Self::from_bytes(engine, manifest, &bytes)
    }

    /// Makes a component ready: compiles it, or takes it from the engine's
    /// code cache, and checks what it imports and exports. Blocks as
    /// [`load`](Self::load) does.
    ///
    /// # Errors
    ///
    /// If the bytes are too many or no component, or it imports what is not
    /// granted or what the manifest does not list, or it implements another
    /// contract.
    pub fn from_bytes(engine: Engine, manifest: Manifest, bytes: &[u8]) -> Result<Self, HostError> {
        let limit = engine.options().max_component_bytes;
        if bytes.len() > limit {
            return Err(HostError::TooLarge { limit });
        }
        let names = ComponentNames::read(bytes).map_err(|error| HostError::Invalid {
            source: wasmtime::Error::from(error).into(),
        })?;
        component_check::check(&names, &manifest)?;
        let component = engine.compile(bytes).map_err(|error| HostError::Invalid {
            source: error.into(),
        })?;
        Self::from_component(engine, manifest, &component)
    }
}

/// Reads a file, and no more of it than shows that it is too large.
fn read(path: &Path, limit: usize) -> std::io::Result<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(most.saturating_add(1));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use crate::engine::{Engine, EngineOptions};
    use crate::host::{HostError, ProviderHost};
    use crate::manifest::Manifest;
    use std::error::Error;

    fn manifest() -> Manifest {
        let text = "version: 0.1.0\nname: test\nresource:\n  memory: 67108864\n  \
             permission: {imports: [wasi:random/random]}\ncomponent:\n  \
             file: c.wasm\n  world: higress:model-provider/provider\n  contract: 0.2.0\n";
        Manifest::parse(text, "manifest.yaml").unwrap()
    }

    fn engine() -> Engine {
        let options = EngineOptions {
            max_instances: 1,
            ..EngineOptions::default()
        };
        Engine::new(options).unwrap()
    }

    fn refusal(wat: &str) -> HostError {
        let bytes = wat::parse_str(wat).unwrap();
        match ProviderHost::from_bytes(engine(), manifest(), &bytes) {
            Ok(_) => panic!("the component should have been refused"),
            Err(error) => error,
        }
    }

    #[test]
    fn a_component_of_another_contract_is_refused_by_version() {
        let error = refusal(
            r#"(component
                (instance $types)
                (export "higress:model-provider/types@0.3.0" (instance $types))
            )"#,
        );
        match &error {
            HostError::UnsupportedVersion { version } => assert_eq!(version, "0.3.0"),
            other => panic!("{other}"),
        }
        assert_eq!(
            error.to_string(),
            "the component implements contract 0.3.0; this host supports 0.2.x. \
             Upgrade the host or rebuild the component"
        );
    }

    #[test]
    fn another_patch_of_the_contract_is_accepted() {
        let error = refusal(
            r#"(component
                (instance $types)
                (export "higress:model-provider/types@0.2.7" (instance $types))
            )"#,
        );
        // It lacks the exports, which are looked for after its version.
        assert!(matches!(error, HostError::Instantiate { .. }), "{error}");
    }

    #[test]
    fn an_error_has_the_runtime_s_as_its_source() {
        let error = refusal("(component)");
        assert!(error.source().is_some(), "{error}");
    }

    #[test]
    fn a_component_that_is_too_large_is_not_compiled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.wasm");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(1 << 40).unwrap();
        let refused = ProviderHost::from_file(engine(), manifest(), &path)
            .err()
            .unwrap();
        assert!(matches!(refused, HostError::TooLarge { .. }), "{refused}");
    }

    #[test]
    fn a_component_that_wants_files_is_refused_before_it_runs() {
        let error = refusal(
            r#"(component
                (import "wasi:filesystem/preopens@0.2.4" (instance))
                (import "wasi:io/error@0.2.4" (instance))
            )"#,
        );
        match &error {
            HostError::ForbiddenImports { imports } => {
                assert_eq!(imports, &["wasi:filesystem/preopens@0.2.4"]);
            }
            other => panic!("{other}"),
        }
        assert!(error.to_string().contains("may import only"), "{error}");
    }

    #[test]
    fn a_component_without_the_exports_does_not_fit() {
        let error = refusal("(component)");
        assert!(matches!(error, HostError::Instantiate { .. }), "{error}");
    }

    #[test]
    fn a_core_module_is_not_a_component() {
        let error = refusal("(module)");
        assert!(matches!(error, HostError::Invalid { .. }), "{error}");
    }

    #[test]
    fn a_component_gets_no_more_than_its_manifest_asks_for() {
        let error = refusal(
            r#"(component
                (import "wasi:random/random@0.2.4" (instance))
                (import "wasi:io/poll@0.2.4" (instance))
                (import "wasi:clocks/wall-clock@0.2.4" (instance))
            )"#,
        );
        match &error {
            HostError::UndeclaredImports { imports } => {
                assert_eq!(imports, &["wasi:clocks/wall-clock@0.2.4"]);
            }
            other => panic!("{other}"),
        }
        assert!(error.to_string().contains("permission.imports"), "{error}");
    }

    #[test]
    fn a_missing_component_is_named() {
        let error = ProviderHost::from_file(engine(), manifest(), "no/such.wasm")
            .err()
            .unwrap();
        assert!(error.to_string().contains("no/such.wasm"), "{error}");
    }
}
