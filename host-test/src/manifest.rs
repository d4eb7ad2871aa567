//! `manifest.yaml`, as far as the host reads it: who the plugin is, which file
//! is its component, and what it may use. Fields that the host does not know
//! are left to others.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A plugin's manifest.
///
/// ```yaml
/// version: 0.1.0
/// type: plugin
/// name: higress
/// resource:
///   memory: 67108864        # bytes of linear memory per instance
/// component:
///   file: dist/higress_provider.wasm
///   world: higress:model-provider/provider
///   contract: 0.1.0
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// The plugin's short name.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// What an instance may use.
    pub resource: ResourceEntry,
    /// Where the component is, and what it is.
    pub component: ComponentEntry,
    /// The folder that relative paths start from: the manifest's own.
    #[serde(skip)]
    folder: PathBuf,
}

/// The manifest's `resource`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ResourceEntry {
    /// Linear memory of one instance.
    pub memory: MemorySize,
}

/// The manifest's `component`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ComponentEntry {
    /// The component's file, relative to the manifest's folder.
    pub file: PathBuf,
    /// The world it fits, without a version.
    pub world: String,
    /// The version of the contract it implements.
    pub contract: String,
}

/// An amount of linear memory in bytes: 64 KiB (one page) to 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u64")]
pub struct MemorySize(u64);

impl MemorySize {
    /// One page of linear memory.
    const LEAST: u64 = 64 << 10;
    /// All that 32-bit addresses reach.
    const MOST: u64 = 4 << 30;

    /// The amount in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for MemorySize {
    type Error = String;

    fn try_from(bytes: u64) -> Result<Self, Self::Error> {
        if (Self::LEAST..=Self::MOST).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(format!(
                "memory is {bytes} bytes; give {} (64 KiB) to {} (4 GiB)",
                Self::LEAST,
                Self::MOST
            ))
        }
    }
}

/// Why a manifest could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read the manifest {}: {source}", .path.display())]
    Unreadable {
        /// The manifest's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not YAML, or a field is missing or has a wrong value.
    #[error("{}:{line}: {reason}", .path.display())]
    Malformed {
        /// The manifest's path.
        path: PathBuf,
        /// The line, from 1; 0 if it is not known.
        line: u64,
        /// What is wrong there.
        reason: String,
    },
}

impl Manifest {
    /// Reads the manifest at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is malformed; the message names the
    /// file, the line and the reason.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ManifestError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| ManifestError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Parses `text`, the contents of the manifest at `path`.
    ///
    /// # Errors
    ///
    /// If the text is malformed.
    pub fn parse(text: &str, path: impl AsRef<Path>) -> Result<Self, ManifestError> {
        let path = path.as_ref();
        let mut manifest: Self =
            serde_saphyr::from_str(text).map_err(|error| malformed(path, &error))?;
        manifest.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(manifest)
    }

    /// The path of the component's file.
    #[must_use]
    pub fn component_path(&self) -> PathBuf {
        self.folder.join(&self.component.file)
    }
}

fn malformed(path: &Path, error: &serde_saphyr::Error) -> ManifestError {
    ManifestError::Malformed {
        path: path.to_path_buf(),
        line: error.location().map_or(0, |location| location.line()),
        reason: error.without_snippet().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Manifest, ManifestError};

    const GOOD: &str = "\
version: 0.1.0
type: plugin
name: higress
author: someone
resource:
  memory: 67108864
component:
  file: dist/higress_provider.wasm
  world: higress:model-provider/provider
  contract: 0.1.0
";

    fn refusal(text: &str) -> (u64, String) {
        match Manifest::parse(text, "plugins/manifest.yaml") {
            Err(ManifestError::Malformed { line, reason, .. }) => (line, reason),
            other => panic!("expected a malformed manifest, got {other:?}"),
        }
    }

    #[test]
    fn a_manifest_is_read_and_unknown_fields_are_left_alone() {
        let manifest = Manifest::parse(GOOD, "plugins/manifest.yaml").unwrap();
        assert_eq!(manifest.name, "higress");
        assert_eq!(manifest.resource.memory.bytes(), 64 << 20);
        assert_eq!(
            manifest.component_path(),
            std::path::Path::new("plugins/dist/higress_provider.wasm")
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        let (_, reason) = refusal(&GOOD.replace("  contract: 0.1.0\n", ""));
        assert!(reason.contains("contract"), "{reason}");
    }

    #[test]
    fn a_wrong_value_is_reported_with_its_line() {
        let (line, reason) = refusal(&GOOD.replace("67108864", "12"));
        assert_eq!(line, 6, "{reason}");
        assert!(reason.contains("64 KiB"), "{reason}");
    }

    #[test]
    fn broken_yaml_is_reported_with_its_line() {
        let (line, reason) = refusal(&GOOD.replace("name: higress", "name: [higress"));
        assert!(line >= 3, "{line}: {reason}");
    }

    #[test]
    fn the_message_names_file_line_and_reason() {
        let text = GOOD.replace("67108864", "lots");
        let message = Manifest::parse(&text, "m.yaml").unwrap_err().to_string();
        assert!(message.starts_with("m.yaml:6: "), "{message}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let message = Manifest::read("no/such/manifest.yaml")
            .unwrap_err()
            .to_string();
        assert!(message.contains("no/such/manifest.yaml"), "{message}");
    }
}
