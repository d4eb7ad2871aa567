//! `manifest.yaml`: who a plugin is, which file is its component, what it may
//! use, and the form that it wants filled in. The file is read strictly: what
//! the host does not know is an error, and every error has its line.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `entry` | the file's shape, key by key |
//! | `identity` | names and versions |
//! | `resource` | what an instance may use |
//! | `component` | the component's file, and the contract it implements |
//! | `text` | texts in several languages |
//! | `field`, `fields` | one field of the form; the form as a whole |

mod component;
mod entry;
mod fault;
mod field;
mod fields;
mod identity;
mod note;
mod resource;
mod text;

pub use self::component::{ComponentEntry, ContractVersion, World};
pub use self::identity::{PluginName, Version};
pub use self::note::ManifestNote;
pub use self::resource::{Import, MemorySize, Permission, ResourceEntry, Seconds};

use self::entry::ManifestEntry;
use self::fault::Fault;
use crate::contract::types::ModelKind;
use crate::form::{Form, LocalizedText};
use std::path::{Path, PathBuf};

/// A plugin's manifest.
///
/// ```yaml
/// version: 0.1.0
/// type: plugin              # optional, as all that is not in this example
/// name: example
/// resource:
///   memory: 67108864        # bytes of linear memory per instance
/// component:
///   file: dist/example.wasm
///   world: higress:model-provider/provider
///   contract: 0.2.0
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// The plugin's short name.
    pub name: PluginName,
    /// The plugin's version.
    pub version: Version,
    /// Who made the plugin.
    pub author: Option<PluginName>,
    /// The plugin's name for display; its short name if the manifest has none.
    pub label: LocalizedText,
    /// What the plugin is for.
    pub description: Option<LocalizedText>,
    /// What an instance may use.
    pub resource: ResourceEntry,
    /// Where the component is, and what it is.
    pub component: ComponentEntry,
    /// The kinds of model that the plugin serves; all of them if the manifest
    /// does not say.
    pub supported_model_kinds: Vec<ModelKind>,
    /// The credential form; without fields if the manifest has none.
    pub form: Form,
    /// Notes on the file.
    notes: Vec<ManifestNote>,
    /// The folder that relative paths start from: the manifest's own.
    folder: PathBuf,
}

/// Why a manifest could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read the manifest {}: {source}", .path.display())]
    Unreadable {
        /// The manifest's path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not YAML, or something in it is missing, wrong or unknown.
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
        ManifestEntry::parse(text)
            .and_then(|entry| Self::checked(entry, path))
            .map_err(|Fault { line, reason }| ManifestError::Malformed {
                path: path.to_path_buf(),
                line,
                reason,
            })
    }

    /// What is worth telling the manifest's author: keys that were renamed.
    #[must_use]
    pub fn notes(&self) -> &[ManifestNote] {
        &self.notes
    }

    /// The path of the component's file.
    #[must_use]
    pub fn component_path(&self) -> PathBuf {
        self.folder.join(&self.component.file)
    }

    fn checked(mut entry: ManifestEntry, path: &Path) -> Result<Self, Fault> {
        let notes = entry.resource.rename_keys()?;
        let label = match entry.label {
            Some(label) => text::localized(label)?,
            None => LocalizedText::untranslated(entry.name.as_str()),
        };
        Ok(Self {
            name: entry.name,
            version: entry.version,
            author: entry.author,
            label,
            description: entry.description.map(text::localized).transpose()?,
            resource: entry.resource,
            component: entry.component,
            supported_model_kinds: entry::kinds(entry.supported_model_kinds)?,
            form: fields::checked(entry.credential_form_schemas)?,
            notes,
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn a_minimal_manifest_is_read() {
        let text = "\
version: 0.1.0
name: example
resource:
  memory: 67108864
component:
  file: dist/example.wasm
  world: higress:model-provider/provider
  contract: 0.2.0
";
        let manifest = Manifest::parse(text, "plugins/manifest.yaml").unwrap();
        assert_eq!(manifest.name.as_str(), "example");
        assert_eq!(manifest.label.en_us(), "example");
        assert_eq!(manifest.supported_model_kinds.len(), 4);
        assert!(manifest.form.fields().is_empty());
        assert_eq!(manifest.resource.memory.bytes(), 64 << 20);
        assert_eq!(
            manifest.component_path(),
            std::path::Path::new("plugins/dist/example.wasm")
        );
    }

    const WITH_OLD_KEYS: &str = "\
version: 0.1.0
name: example
resource:
  memory: 67108864
  field_bytes: 1000
  transfer_bytes: 2000
  waiting_calls: 3
component:
  file: dist/example.wasm
  world: higress:model-provider/provider
  contract: 0.2.9
";

    #[test]
    fn keys_by_their_earlier_names_are_read_with_a_note() {
        let manifest = Manifest::parse(WITH_OLD_KEYS, "manifest.yaml").unwrap();
        let limits = crate::Limits::from(&manifest);
        assert_eq!(limits.max_header_bytes, 1_000);
        assert_eq!(limits.hostcall_fuel, 2_000);
        assert_eq!(limits.max_queued_calls, 3);
        let notes: Vec<_> = manifest.notes().iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), 3);
        assert_eq!(
            notes[0],
            "line 5: `resource.field_bytes` is now `resource.max_header_bytes`; \
             the earlier name is still read"
        );
        let renamed = WITH_OLD_KEYS
            .replace("field_bytes", "max_header_bytes")
            .replace("transfer_bytes", "hostcall_fuel")
            .replace("waiting_calls", "max_queued_calls");
        let renamed = Manifest::parse(&renamed, "manifest.yaml").unwrap();
        assert!(renamed.notes().is_empty());
        assert_eq!(renamed.resource, manifest.resource);
    }

    #[test]
    fn a_key_by_both_names_is_refused() {
        let both = WITH_OLD_KEYS.replace("  field_bytes", "  max_header_bytes: 5\n  field_bytes");
        let message = Manifest::parse(&both, "manifest.yaml")
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with("manifest.yaml:6: `field_bytes`"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let message = Manifest::read("no/such/manifest.yaml")
            .unwrap_err()
            .to_string();
        assert!(message.contains("no/such/manifest.yaml"), "{message}");
    }
}
