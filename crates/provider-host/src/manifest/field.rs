//! One field of the form, as a manifest writes it, and what can be checked
//! without the other fields.

use super::fault::Fault;
use super::text::{self, TextEntry};
use crate::form::{FieldPurpose, FieldType, SelectOption};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// Most options of a select.
const MOST_OPTIONS: usize = 128;

/// Longest variable or value, in bytes.
const LONGEST_WORD: usize = 64;

/// A field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldEntry {
    pub(super) variable: Spanned<String>,
    #[serde(rename = "type")]
    field_type: TypeEntry,
    purpose: Option<Spanned<PurposeEntry>>,
    pub(super) required: bool,
    pub(super) default: Option<Spanned<String>>,
    pub(super) label: TextEntry,
    pub(super) help: TextEntry,
    pub(super) placeholder: Option<TextEntry>,
    options: Option<Spanned<Vec<OptionEntry>>>,
    #[serde(default)]
    pub(super) show_on: Vec<ConditionEntry>,
}

/// What is filled in.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TypeEntry {
    TextInput,
    SecretInput,
    Select,
}

/// What the value is to the host.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PurposeEntry {
    Endpoint,
    VirtualHost,
    ModelName,
}

impl From<PurposeEntry> for FieldPurpose {
    fn from(entry: PurposeEntry) -> Self {
        match entry {
            PurposeEntry::Endpoint => Self::Endpoint,
            PurposeEntry::VirtualHost => Self::VirtualHost,
            PurposeEntry::ModelName => Self::ModelName,
        }
    }
}

/// A value to choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionEntry {
    value: Spanned<String>,
    label: TextEntry,
}

/// A condition under which a field is shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    pub(super) variable: Spanned<String>,
    pub(super) value: Spanned<Values>,
}

/// One value, or a list of them.
pub(super) struct Values(pub(super) Vec<String>);

impl FieldEntry {
    /// The name of the variable.
    pub(super) fn checked_variable(&self) -> Result<String, Fault> {
        let name = &self.variable.value;
        let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
        let is_plain = name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if starts_well && is_plain && name.len() <= LONGEST_WORD {
            Ok(name.clone())
        } else {
            Err(Fault::at(
                &self.variable,
                format!(
                    "`{}` is not a valid variable; expected a lower-case letter followed by at most {} letters, digits or `_`",
                    name.escape_debug(),
                    LONGEST_WORD - 1
                ),
            ))
        }
    }

    /// The type, with the options of a select.
    pub(super) fn checked_type(&mut self) -> Result<FieldType, Fault> {
        match (self.field_type, self.options.take()) {
            (TypeEntry::TextInput, None) => Ok(FieldType::TextInput),
            (TypeEntry::SecretInput, None) => Ok(FieldType::SecretInput),
            (TypeEntry::Select, Some(options)) => select(options),
            (TypeEntry::TextInput | TypeEntry::SecretInput, Some(options)) => Err(Fault::at(
                &options,
                "`options` are for fields of type select",
            )),
            (TypeEntry::Select, None) => Err(Fault::at(&self.variable, "a select needs options")),
        }
    }

    /// The purpose, which the type must allow: the host names what it refuses.
    pub(super) fn checked_purpose(&self, is: &FieldType) -> Result<Option<FieldPurpose>, Fault> {
        match (&self.purpose, is) {
            (None, _) => Ok(None),
            (Some(purpose), FieldType::SecretInput) => {
                Err(Fault::at(purpose, "`purpose` is not allowed for a secret"))
            }
            (Some(purpose), FieldType::TextInput | FieldType::Select { .. }) => {
                Ok(Some(purpose.value.into()))
            }
        }
    }

    /// The default, which the type must allow.
    pub(super) fn checked_default(&mut self, is: &FieldType) -> Result<Option<String>, Fault> {
        let Some(default) = self.default.take() else {
            return Ok(None);
        };
        match is {
            FieldType::SecretInput => {
                Err(Fault::at(&default, "`default` is not allowed for a secret"))
            }
            FieldType::TextInput if default.value.trim().is_empty() => {
                Err(Fault::at(&default, "the default is empty; remove it"))
            }
            FieldType::Select { options }
                if !options.iter().any(|option| option.value == default.value) =>
            {
                let reason = format!(
                    "the default `{}` is not among the options",
                    default.value.escape_debug()
                );
                Err(Fault::at(&default, reason))
            }
            FieldType::TextInput | FieldType::Select { .. } => Ok(Some(default.value)),
        }
    }
}

fn select(entries: Spanned<Vec<OptionEntry>>) -> Result<FieldType, Fault> {
    if entries.value.is_empty() {
        return Err(Fault::at(&entries, "a select needs options"));
    }
    let mut options: Vec<SelectOption> = Vec::with_capacity(entries.value.len());
    for entry in entries.value {
        let value = entry.value;
        if options.len() == MOST_OPTIONS {
            let reason = format!("a select has at most {MOST_OPTIONS} options");
            return Err(Fault::at(&value, reason));
        }
        if value.value.trim() != value.value || !(1..=LONGEST_WORD).contains(&value.value.len()) {
            let reason = format!(
                "an option's value has 1 to {LONGEST_WORD} bytes and no whitespace at its ends"
            );
            return Err(Fault::at(&value, reason));
        }
        if options.iter().any(|option| option.value == value.value) {
            let reason = format!(
                "the option `{}` is listed twice",
                value.value.escape_debug()
            );
            return Err(Fault::at(&value, reason));
        }
        options.push(SelectOption {
            label: text::localized(entry.label)?,
            value: value.value,
        });
    }
    Ok(FieldType::Select { options })
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, value: &str) -> Result<Values, E> {
        Ok(Values(vec![value.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Values(values))
    }
}
