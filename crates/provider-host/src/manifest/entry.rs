//! The shape of `manifest.yaml`, key by key: what a YAML parser can check
//! alone. What the entries mean together is checked where they are turned
//! into the types of a manifest.

use super::component::ComponentEntry;
use super::fault::Fault;
use super::field::FieldEntry;
use super::identity::{PluginName, Version};
use super::resource::ResourceEntry;
use super::text::TextEntry;
use crate::contract::types::ModelKind;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestEntry {
    pub(super) version: Version,
    #[serde(default, rename = "type")]
    _type: TypeEntry,
    pub(super) name: PluginName,
    pub(super) author: Option<PluginName>,
    pub(super) label: Option<TextEntry>,
    pub(super) description: Option<TextEntry>,
    pub(super) resource: ResourceEntry,
    pub(super) component: ComponentEntry,
    pub(super) supported_model_kinds: Option<Spanned<Vec<Spanned<KindEntry>>>>,
    #[serde(default)]
    pub(super) credential_form_schemas: Vec<FieldEntry>,
}

/// The file's `type`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TypeEntry {
    #[default]
    Plugin,
}

/// A kind of model.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KindEntry {
    TextGeneration,
    ImageGeneration,
    TextEmbedding,
    TextRerank,
}

impl ManifestEntry {
    /// Parses a manifest's text.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let options = serde_saphyr::options! {
            // A text that looks like something else must be quoted: other
            // readers of the file would take `off` for a truth value.
            no_schema: true,
        };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| Fault::from(&error))
    }
}

/// The kinds that are listed, each once; all if there is no list.
pub(super) fn kinds(
    entries: Option<Spanned<Vec<Spanned<KindEntry>>>>,
) -> Result<Vec<ModelKind>, Fault> {
    let Some(entries) = entries else {
        return Ok(ModelKind::ALL.to_vec());
    };
    if entries.value.is_empty() {
        return Err(Fault::at(&entries, "expected at least one kind"));
    }
    let mut kinds = Vec::new();
    for entry in entries.value {
        let kind = ModelKind::from(entry.value);
        if kinds.contains(&kind) {
            return Err(Fault::at(&entry, "this kind is listed twice"));
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

impl From<KindEntry> for ModelKind {
    fn from(entry: KindEntry) -> Self {
        match entry {
            KindEntry::TextGeneration => Self::TextGeneration,
            KindEntry::ImageGeneration => Self::ImageGeneration,
            KindEntry::TextEmbedding => Self::TextEmbedding,
            KindEntry::TextRerank => Self::TextRerank,
        }
    }
}
