//! The plugin: its component and its manifest, found and loaded.

use crate::failure::Failure;
use crate::output;
use clap::Args;
use provider_host::code_cache::CodeCache;
use provider_host::engine::{Engine, EngineOptions};
use provider_host::host::{HostError, ProviderHost};
use provider_host::manifest::Manifest;
use std::path::{Path, PathBuf};

const DEFAULT_MANIFEST: &str = "manifest.yaml";

/// The manifest that this program was built with.
const BUILT_IN: &str = include_str!("../../manifest.yaml");

/// Places of the engine: one call at a time, and a few streams beside it in
/// the demo.
const PLACES: u32 = 8;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Plugin")]
pub(crate) struct PluginArguments {
    /// The component to load.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "dist/higress-provider.wasm"
    )]
    pub(crate) component: PathBuf,
    /// Its manifest, for the limits of the sandbox [default: manifest.yaml
    /// here or beside the component's folder, else the built-in one].
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Where to keep compiled components [default: higress-host in the user's
    /// folder for caches].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) code_cache: Option<PathBuf>,
    /// Compile the component anew, and keep nothing.
    #[arg(long, conflicts_with = "code_cache")]
    pub(crate) no_code_cache: bool,
}

impl PluginArguments {
    /// Compiles the component and makes it ready for tenants.
    pub(crate) fn load(&self) -> Result<ProviderHost, Failure> {
        let failed = |error: &dyn std::error::Error| Failure::setup(error.to_string());
        let manifest = self.read_manifest()?;
        let defaults = EngineOptions::default();
        let engine = Engine::new(
            EngineOptions::default()
                .with_max_instances(PLACES)
                .with_memory(defaults.memory.max(manifest.resource.memory.bytes())),
        )
        .map_err(|error| failed(&error))?;
        let engine = match self.open_code_cache()? {
            Some(cache) => engine.with_code_cache(cache),
            None => engine,
        };
        let bytes = std::fs::read(&self.component).map_err(|error| {
            let path = self.component.display();
            Failure::setup(format!(
                "cannot read the component {path}: {error}; build it with `make component`, or name it with --component FILE"
            ))
        })?;
        ProviderHost::from_bytes(engine, manifest, &bytes).map_err(|error| {
            Failure::setup(match error {
                HostError::Invalid { .. } => format!(
                    "{} is no WebAssembly component that this program can run; build it with `make component`, or name it with --component FILE",
                    self.component.display()
                ),
                other => other.to_string(),
            })
        })
    }

    /// The folder that was named, or the usual one if that can be used.
    fn open_code_cache(&self) -> Result<Option<CodeCache>, Failure> {
        if self.no_code_cache {
            return Ok(None);
        }
        match &self.code_cache {
            Some(folder) => CodeCache::open(folder)
                .map(Some)
                .map_err(|error| Failure::setup(format!("{error} (--no-code-cache)"))),
            None => Ok(usual_cache().and_then(|folder| CodeCache::open(folder).ok())),
        }
    }

    fn read_manifest(&self) -> Result<Manifest, Failure> {
        let read = match self.manifest_path() {
            Some(path) => Manifest::read(path),
            None => Manifest::parse(BUILT_IN, "the built-in manifest.yaml"),
        };
        let manifest = read.map_err(|error| Failure::setup(error.to_string()))?;
        for note in manifest.notes() {
            output::note(&format!("note: the manifest, {note}"));
        }
        Ok(manifest)
    }

    /// The manifest that was named, or the first one found: here, beside the
    /// component's folder, beside the component. None is the built-in one.
    fn manifest_path(&self) -> Option<PathBuf> {
        if let Some(named) = &self.manifest {
            return Some(named.clone());
        }
        let folder = self.component.parent();
        let places = [Some(Path::new("")), folder.and_then(Path::parent), folder];
        places
            .into_iter()
            .flatten()
            .map(|place| place.join(DEFAULT_MANIFEST))
            .find(|path| path.is_file())
    }
}

/// A folder of this program in the user's folder for caches, as the XDG Base
/// Directory Specification finds it.
fn usual_cache() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = named
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
    Some(caches.join("higress-host"))
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, PluginArguments};
    use provider_host::manifest::Manifest;

    #[test]
    fn the_built_in_manifest_can_be_used() {
        Manifest::parse(BUILT_IN, "manifest.yaml").unwrap();
    }

    #[test]
    fn a_manifest_is_found_beside_the_components_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        let arguments = PluginArguments {
            component: folder.path().join("dist/provider.wasm"),
            manifest: None,
            code_cache: None,
            no_code_cache: true,
        };
        assert_eq!(arguments.manifest_path(), None);
        let manifest = folder.path().join("manifest.yaml");
        std::fs::write(&manifest, BUILT_IN).unwrap();
        assert_eq!(arguments.manifest_path(), Some(manifest));
    }
}
