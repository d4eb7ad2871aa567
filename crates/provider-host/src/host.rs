//! A component, compiled once and linked to the few interfaces that the
//! contract's world imports. Tenants are made from it.

use crate::component_check::{self, ComponentError};
use crate::component_names::ComponentNames;
use crate::contract;
use crate::contract::types::ModelKind;
use crate::contract_imports::GRANTED;
use crate::contract_version;
use crate::counters::Counters;
use crate::engine::{Engine, EngineError};
use crate::exports::Exports;
use crate::limits::Limits;
use crate::manifest::{Manifest, ManifestError};
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::runtime_error::RuntimeError;
use crate::sandbox::store::Sandbox;
use std::path::PathBuf;
use std::sync::Arc;
use wasmtime::component::{Component, InstancePre};

#[cfg(feature = "compiler")]
mod compile;

/// A component ready to be called. Cloning it is cheap and gives the same
/// component.
#[derive(Clone)]
pub struct ProviderHost {
    engine: Engine,
    manifest: Arc<Manifest>,
    component: InstancePre<Sandbox>,
    exports: Arc<Exports>,
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
    /// The manifest lists kinds of models that the component does not export.
    #[error("the component does not export {}, which the manifest lists in `supported_model_kinds`; remove them there, or rebuild the component", names(.kinds))]
    MissingKinds {
        /// The kinds.
        kinds: Vec<ModelKind>,
    },
    /// The component lacks the interfaces of every provider, or a function of
    /// one that it exports, or exports no kind of model.
    #[error(
        "the component does not implement contract {}: {source}",
        contract::VERSION
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
        let unfit = |error: wasmtime::Error| HostError::Instantiate {
            source: error.into(),
        };
        let component = engine
            .linker()
            .and_then(|linker| linker.instantiate_pre(component))
            .map_err(unfit)?;
        let exports = Exports::new(&component).map_err(unfit)?;
        let mut missing = manifest.supported_model_kinds.clone();
        missing.retain(|kind| !exports.kinds().any(|exported| exported == *kind));
        if !missing.is_empty() {
            return Err(HostError::MissingKinds { kinds: missing });
        }
        Ok(Self {
            engine,
            manifest: Arc::new(manifest),
            component,
            exports: Arc::new(exports),
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

    /// The kinds of models that the component serves: those whose interfaces it
    /// exports.
    #[must_use]
    pub fn kinds(&self) -> Vec<ModelKind> {
        self.exports.kinds().collect()
    }

    pub(crate) fn component(&self) -> &InstancePre<Sandbox> {
        &self.component
    }

    pub(crate) fn exports(&self) -> &Arc<Exports> {
        &self.exports
    }
}

/// The names of kinds, for a message.
fn names(kinds: &[ModelKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(ModelKind::as_str).collect();
    names.join(", ")
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
