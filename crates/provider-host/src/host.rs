//! A component, compiled once and linked to the few interfaces that the
//! contract's world imports. Tenants are made from it.

use crate::bindings::ProviderPre;
use crate::component_check::{self, ComponentError};
use crate::component_names::ComponentNames;
use crate::contract;
use crate::contract_imports::GRANTED;
use crate::contract_version;
use crate::counters::Counters;
use crate::engine::{Engine, EngineError};
use crate::limits::Limits;
use crate::manifest::{Manifest, ManifestError};
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::runtime_error::RuntimeError;
use crate::sandbox::store::Sandbox;
use std::path::PathBuf;
use std::sync::Arc;
use wasmtime::component::Component;

#[cfg(feature = "compiler")]
mod compile;

/// A component ready to be called. Cloning it is cheap and gives the same
/// component.
#[derive(Clone)]
pub struct ProviderHost {
    engine: Engine,
    manifest: Arc<Manifest>,
    provider: ProviderPre<Sandbox>,
    counters: Counters,
}

/// Why a component could not be made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// [`max_component_bytes`](crate::EngineOptions::max_component_bytes).
    #[error(
        "the component is larger than {limit} bytes; make it smaller, or raise `max_component_bytes` of the engine"
    )]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a component or its machine code, or need what this
    /// engine does not do.
    #[error("the component cannot be compiled: {source}")]
    Invalid {
        /// What the compiler reported.
        source: RuntimeError,
    },
    /// The component imports more than the contract grants.
    #[error("the component imports {}, which this host does not grant; a model provider may import only {}. Build it without the standard library's `wasi:cli`, as for wasm32-unknown-unknown", .imports.join(", "), GRANTED.join(", "))]
    ForbiddenImports {
        /// The interfaces that are not granted.
        imports: Vec<String>,
    },
    /// The component imports what the host grants and its manifest does not
    /// list.
    #[error("the component imports {}, which the manifest does not list in `resource.permission.imports`", .imports.join(", "))]
    UndeclaredImports {
        /// The interfaces that are not listed.
        imports: Vec<String>,
    },
    /// The component implements another version of the contract.
    #[error(
        "the component implements contract {version}; this host supports {}. Upgrade the host or rebuild the component",
        contract_version::supported_line()
    )]
    UnsupportedVersion {
        /// The component's version.
        version: String,
    },
    /// The component lacks an export of the world, or has another type there.
    #[error(
        "the component does not implement the world {}: {source}",
        contract::WORLD
    )]
    Instantiate {
        /// What the linker reported.
        source: RuntimeError,
    },
}

impl ProviderHost {
    /// Makes a component ready that is compiled already: checks what it imports
    /// and exports, and links it.
    ///
    /// # Errors
    ///
    /// If it imports what is not granted or what the manifest does not list, or
    /// implements another contract, or was made by another engine.
    pub fn from_component(
        engine: Engine,
        manifest: Manifest,
        component: &Component,
    ) -> Result<Self, HostError> {
        component_check::check(&ComponentNames::from(component), &manifest)?;
        let provider = engine
            .linker()
            .and_then(|linker| linker.instantiate_pre(component))
            .and_then(ProviderPre::new)
            .map_err(|error| HostError::Instantiate {
                source: error.into(),
            })?;
        Ok(Self {
            engine,
            manifest: Arc::new(manifest),
            provider,
            counters: Counters::default(),
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
        Limits::from(&*self.manifest)
    }

    /// The metrics of all tenants.
    #[cfg(feature = "metrics")]
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        self.counters.metrics()
    }

    pub(crate) fn shared_manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn provider(&self) -> &ProviderPre<Sandbox> {
        &self.provider
    }
}

impl From<ComponentError> for HostError {
    fn from(error: ComponentError) -> Self {
        match error {
            ComponentError::ForbiddenImports(imports) => Self::ForbiddenImports { imports },
            ComponentError::UndeclaredImports(imports) => Self::UndeclaredImports { imports },
            ComponentError::UnsupportedVersion(version) => Self::UnsupportedVersion { version },
        }
    }
}
