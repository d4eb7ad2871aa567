//! A component, compiled once and linked to the few interfaces that the
//! contract's world imports. Tenants are made from it.

use crate::component_names::ComponentNames;
use crate::contract::{self, ProviderPre};
use crate::engine::{Engine, EngineError, EngineOptions};
use crate::inspection::inspect;
use crate::limits::Limits;
use crate::link;
use crate::manifest::{Manifest, ManifestError};
use crate::metrics::Metrics;
use crate::sandbox::Sandbox;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A component ready to be called. Cloning it is cheap and gives the same
/// component.
#[derive(Clone)]
pub struct ProviderHost {
    engine: Engine,
    manifest: Arc<Manifest>,
    provider: ProviderPre<Sandbox>,
    metrics: Metrics,
}

/// Why a component could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The manifest could not be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The engine could not be made.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The component's file could not be read.
    #[error("cannot read the component {}: {source}; build it, or correct `component.file` in the manifest", .path.display())]
    Unreadable {
        /// The component's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The component is larger than
    /// [`max_component_bytes`](EngineOptions::max_component_bytes).
    #[error(
        "the component is larger than {limit} bytes; make it smaller, or raise `max_component_bytes` of the engine"
    )]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a component, or need what this engine does not do.
    #[error("the component cannot be compiled: {reason}")]
    Invalid {
        /// What the compiler said.
        reason: String,
    },
    /// The component asks for more than the contract grants.
    #[error("the component imports {}, which this host does not grant; a model provider may import only {}. Build it without the standard library's `wasi:cli`, as for wasm32-unknown-unknown", .imports.join(", "), link::GRANTED.join(", "))]
    ForbiddenImports {
        /// The interfaces that are not granted.
        imports: Vec<String>,
    },
    /// The component imports what the host grants and its manifest does not
    /// ask for.
    #[error("the component imports {}, which the manifest does not list in `resource.permission.imports`", .imports.join(", "))]
    UndeclaredImports {
        /// The interfaces that are not listed.
        imports: Vec<String>,
    },
    /// The component implements another version of the contract.
    #[error(
        "the component implements version {version} of the contract, and this host speaks {}; use a component or a host of the other's version",
        contract::VERSION
    )]
    UnsupportedVersion {
        /// The component's version.
        version: String,
    },
    /// The component lacks an export of the world, or has another type there.
    #[error("the component does not fit the world {}: {reason}", contract::WORLD)]
    Instantiate {
        /// What the linker said.
        reason: String,
    },
}

impl ProviderHost {
    /// Reads the manifest at `path` and the component that it names, on an
    /// engine of its own with the default pool. Compiling takes some tenths of
    /// a second; an engine with a
    /// [code cache](crate::engine::Engine::with_code_cache) does it once, see
    /// [`from_file`](Self::from_file).
    ///
    /// # Errors
    ///
    /// If the manifest, the component or the engine cannot be used.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, HostError> {
        let manifest = Manifest::read(path)?;
        let component = manifest.component_path();
        let engine = Engine::new(EngineOptions::default())?;
        Self::from_file(engine, manifest, component)
    }

    /// Compiles the component in the file at `path`.
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

    /// Makes a component ready: checks what it imports and exports, and
    /// compiles it, or takes it from the engine's code cache.
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
            reason: error.to_string(),
        })?;
        inspect(&names, &manifest)?;
        let component = engine.compile(bytes).map_err(|error| HostError::Invalid {
            reason: format!("{error:#}"),
        })?;
        let provider = link::linker(engine.inner())
            .and_then(|linker| linker.instantiate_pre(&component))
            .and_then(ProviderPre::new)
            .map_err(|error| HostError::Instantiate {
                reason: format!("{error:#}"),
            })?;
        Ok(Self {
            engine,
            manifest: Arc::new(manifest),
            provider,
            metrics: Metrics::new(),
        })
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The limits that a tenant has by default, from the manifest.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits::of(&self.manifest)
    }

    /// The counters of all tenants.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn provider(&self) -> &ProviderPre<Sandbox> {
        &self.provider
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
    use super::{HostError, ProviderHost};
    use crate::engine::{Engine, EngineOptions};
    use crate::manifest::Manifest;

    fn manifest() -> Manifest {
        let text = "version: 0.1.0\nname: test\nresource:\n  memory: 67108864\n  \
             permission: {imports: [wasi:random/random]}\ncomponent:\n  \
             file: c.wasm\n  world: higress:model-provider/provider\n  contract: 0.1.0\n";
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
    fn a_component_of_another_contract_is_told_which() {
        let error = refusal(
            r#"(component
                (instance $types)
                (export "higress:model-provider/types@0.2.0" (instance $types))
            )"#,
        );
        match &error {
            HostError::UnsupportedVersion { version } => assert_eq!(version, "0.2.0"),
            other => panic!("{other}"),
        }
        assert!(error.to_string().contains("speaks 0.1.0"), "{error}");
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
        let message = refused.to_string();
        assert!(message.contains("`max_component_bytes`"), "{message}");
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
