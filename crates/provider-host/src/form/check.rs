//! Checks a filled form against its declaration. Values are read as the
//! component reads them: trimmed, whitespace alone is empty, the last of two
//! counts.

use super::declaration::{Condition, Field, FieldType, Form, ModelType};
use crate::contract::types::ModelKind;

/// What is wrong with a filled form: the first such thing, in the order of
/// the fields. It holds no value that was filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// A field must be filled in.
    #[error("`{variable}` ({label}) is missing; fill it in")]
    Missing {
        /// The field's variable.
        variable: String,
        /// The field's name in English.
        label: String,
    },
    /// A field has a value that is none of its options.
    #[error("`{variable}` ({label}) has an unknown value; choose one of: {}", .options.join(", "))]
    UnknownOption {
        /// The field's variable.
        variable: String,
        /// The field's name in English.
        label: String,
        /// The values of its options.
        options: Vec<String>,
    },
}

impl FormError {
    /// The variable of the field that is wrong.
    #[must_use]
    pub fn variable(&self) -> &str {
        match self {
            Self::Missing { variable, .. } | Self::UnknownOption { variable, .. } => variable,
        }
    }
}

impl Form {
    /// Checks what was filled in for a model of this kind: pairs of variable
    /// and value. Fields that are not shown and variables that the form does
    /// not know are ignored.
    ///
    /// # Errors
    ///
    /// If a required field is empty and has no default, or a value is not
    /// among the options. The form of a text is for the component to judge.
    pub fn check(&self, kind: &ModelKind, values: &[(String, String)]) -> Result<(), FormError> {
        self.visible_fields(kind, values)
            .try_for_each(|field| field.check(field.value(values)))
    }

    /// The fields to show for a model of this kind, as far as the form is
    /// filled in.
    pub fn visible_fields<'a>(
        &'a self,
        kind: &ModelKind,
        values: &'a [(String, String)],
    ) -> impl Iterator<Item = &'a Field> {
        let filled = Filled { form: self, values };
        let model_type = ModelType::of(kind);
        self.fields()
            .iter()
            .filter(move |field| filled.shows(field, model_type))
    }
}

impl Field {
    /// Its value among those that were filled in, else its default: trimmed
    /// and not empty. The last of two values counts.
    #[must_use]
    pub fn value<'a>(&'a self, values: &'a [(String, String)]) -> Option<&'a str> {
        self.filled_value(values).or(self.default.as_deref())
    }

    /// The value that was filled in: trimmed and not empty. The last of two
    /// values counts.
    #[must_use]
    pub fn filled_value<'a>(&self, values: &'a [(String, String)]) -> Option<&'a str> {
        values
            .iter()
            .rev()
            .find(|(variable, _)| *variable == self.variable)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn check(&self, value: Option<&str>) -> Result<(), FormError> {
        let variable = || self.variable.clone();
        let label = || self.label.en_us().to_owned();
        match (&self.field_type, value) {
            (_, None) if self.required => Err(FormError::Missing {
                variable: variable(),
                label: label(),
            }),
            (FieldType::Select { options }, Some(value))
                if !options.iter().any(|option| option.value == value) =>
            {
                Err(FormError::UnknownOption {
                    variable: variable(),
                    label: label(),
                    options: options.iter().map(|option| option.value.clone()).collect(),
                })
            }
            (FieldType::TextInput | FieldType::SecretInput | FieldType::Select { .. }, _) => Ok(()),
        }
    }
}

/// A form with its values.
#[derive(Clone, Copy)]
struct Filled<'a> {
    form: &'a Form,
    values: &'a [(String, String)],
}

impl Filled<'_> {
    fn shows(self, field: &Field, model_type: Option<ModelType>) -> bool {
        field.show_on.iter().all(|condition| match condition {
            Condition::ModelType(types) => model_type.is_some_and(|of| types.contains(&of)),
            Condition::Variable { variable, values } => self
                .form
                .field(variable)
                .and_then(|field| field.value(self.values))
                .is_some_and(|value| values.iter().any(|of| of == value)),
        })
    }
}
