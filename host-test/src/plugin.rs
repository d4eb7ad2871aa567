//! The plugin: its component and its manifest, found and loaded.

use crate::output;
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
    /// The component to load [default: `component.file` of the manifest].
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    /// The plugin's manifest: its component, its form, the limits of the
    /// sandbox [default: manifest.yaml in the working directory or beside the
    /// component's folder, else the built-in one].
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
    /// Reads the manifest, and makes its component ready for tenants.
    pub(crate) fn load(&self) -> anyhow::Result<ProviderHost> {
        self.load_with(self.read_manifest()?)
    }

    /// Compiles the component and makes it ready for tenants.
    pub(crate) fn load_with(&self, manifest: Manifest) -> anyhow::Result<ProviderHost> {
        let defaults = EngineOptions::default();
        let engine = Engine::new(
            EngineOptions::default()
                .with_max_instances(MAX_INSTANCES)
                .with_memory(defaults.memory.max(manifest.resource.memory.bytes())),
        )?;
        let engine = match self.open_code_cache()? {
            Some(cache) => engine.with_code_cache(cache),
            None => engine,
        };
        let path = self.component_path(&manifest);
        ProviderHost::from_file(engine, manifest, &path).map_err(|error| {
            let path = path.display();
            let remedy = "build it, for instance with `make component`, or pass --component FILE";
            match error {
                HostError::Unreadable { source, .. } => {
                    anyhow!(source).context(format!("cannot read component {path} ({remedy})"))
                }
                HostError::Invalid { .. } => {
                    anyhow!("{path} is not a valid WebAssembly component; {remedy}")
                }
                other => anyhow!(other).context(path.to_string()),
            }
        })
    }

    /// The file of --component, or the manifest's.
    pub(crate) fn component_path(&self, manifest: &Manifest) -> PathBuf {
        let named = self.component.clone();
        named.unwrap_or_else(|| manifest.component_path())
    }

    /// Where the variables of the form are listed.
    pub(crate) fn form_page(&self) -> PathBuf {
        let page = || PathBuf::from("docs/reference/form.md");
        self.manifest_path().unwrap_or_else(page)
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

    pub(crate) fn read_manifest(&self) -> anyhow::Result<Manifest> {
        let manifest = match self.manifest_path() {
            Some(path) => Manifest::read(path)?,
            None => Manifest::parse(BUILT_IN, "the built-in manifest.yaml")?,
        };
        for note in manifest.notes() {
            output::note(&format!("note: the manifest, {note}"));
        }
        Ok(manifest)
    }

    /// The file of --manifest, or the first one found: in the working directory,
    /// beside the component's folder, beside the component. `None` stands for
    /// the built-in one.
    fn manifest_path(&self) -> Option<PathBuf> {
        if let Some(named) = &self.manifest {
            return Some(named.clone());
        }
        let folder = self.component.as_deref().and_then(Path::parent);
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
    use std::path::Path;

    #[test]
    fn the_built_in_manifest_can_be_used() {
        Manifest::parse(BUILT_IN, "manifest.yaml").unwrap();
    }

    #[test]
    fn the_manifest_names_the_component_and_an_argument_overrides_it() {
        let mut arguments = PluginArguments {
            component: None,
            manifest: None,
            code_cache: None,
            no_code_cache: true,
        };
        let manifest = Manifest::parse(BUILT_IN, "plugins/manifest.yaml").unwrap();
        let of_manifest = Path::new("plugins/dist/higress-provider.wasm");
        assert_eq!(arguments.component_path(&manifest), of_manifest);
        arguments.component = Some("other.wasm".into());
        assert_eq!(arguments.component_path(&manifest), Path::new("other.wasm"));
    }

    #[test]
    fn a_manifest_is_found_beside_the_components_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        let arguments = PluginArguments {
            component: Some(folder.path().join("dist/provider.wasm")),
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
