//! The plugin: its component and its manifest, found and loaded.

use anyhow::{Context as _, anyhow};
use clap::Args;
use provider_host::code_cache::CodeCache;
use provider_host::engine::{Engine, EngineOptions};
use provider_host::host::{HostError, ProviderHost};
use provider_host::manifest::Manifest;
use std::path::{Path, PathBuf};

const DEFAULT_MANIFEST: &str = "manifest.yaml";

/// The manifest that this program was built with.
const BUILT_IN: &str = include_str!("../../manifest.yaml");

/// One call at a time, and a few concurrent streams in the demo.
const MAX_INSTANCES: u32 = 8;

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
    /// The manifest, which sets the limits of the sandbox [default:
    /// manifest.yaml in the working directory or beside the component's
    /// folder, else the built-in one].
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Where to cache compiled components [default: ~/.cache/higress-host].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) code_cache: Option<PathBuf>,
    /// Compile the component without a cache.
    #[arg(long, conflicts_with = "code_cache")]
    pub(crate) no_code_cache: bool,
}

impl PluginArguments {
    /// Compiles the component and makes it ready for tenants.
    pub(crate) fn load(&self) -> anyhow::Result<ProviderHost> {
        let manifest = self.read_manifest()?;
        let defaults = EngineOptions::default();
        let engine = Engine::new(EngineOptions {
            max_instances: MAX_INSTANCES,
            memory: defaults.memory.max(manifest.resource.memory.bytes()),
        })?;
        let engine = match self.open_code_cache()? {
            Some(cache) => engine.with_code_cache(cache),
            None => engine,
        };
        let path = self.component.display();
        let bytes = std::fs::read(&self.component).with_context(|| {
            format!("cannot read component {path} (build it with `make component`, or pass --component FILE)")
        })?;
        ProviderHost::from_bytes(engine, manifest, &bytes).map_err(|error| match error {
            HostError::Invalid { .. } => anyhow!(
                "{path} is not a valid WebAssembly component; build it with `make component`, or pass --component FILE"
            ),
            other => other.into(),
        })
    }

    /// The folder of --code-cache; else the default one, if it is usable.
    fn open_code_cache(&self) -> anyhow::Result<Option<CodeCache>> {
        if self.no_code_cache {
            return Ok(None);
        }
        match &self.code_cache {
            Some(folder) => CodeCache::open(folder)
                .map(Some)
                .context("invalid --code-cache (pass --no-code-cache to compile without one)"),
            None => Ok(default_cache().and_then(|folder| CodeCache::open(folder).ok())),
        }
    }

    fn read_manifest(&self) -> anyhow::Result<Manifest> {
        Ok(match self.manifest_path() {
            Some(path) => Manifest::read(path)?,
            None => Manifest::parse(BUILT_IN, "the built-in manifest.yaml")?,
        })
    }

    /// The file of --manifest, or the first one found: in the working directory,
    /// beside the component's folder, beside the component. `None` stands for
    /// the built-in one.
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

/// This program's cache folder, according to the XDG Base Directory
/// Specification.
fn default_cache() -> Option<PathBuf> {
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
