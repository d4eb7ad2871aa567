//! The form as a whole: what its fields must be to each other.

use super::fault::{Fault, line};
use super::field::{ConditionEntry, FieldEntry};
use super::text;
use crate::form::{Condition, Field, FieldType, Form, MODEL_TYPE, ModelType};
use serde_saphyr::Spanned;

/// Most fields of a form: many more than a person fills in.
const MOST_FIELDS: usize = 256;

/// Most conditions of a field.
const MOST_CONDITIONS: usize = 16;

/// A field, and what is yet to be checked against the others.
struct Draft {
    field: Field,
    variable: Spanned<String>,
    show_on: Vec<ConditionEntry>,
}

/// The form with these fields.
pub(super) fn checked(entries: Vec<FieldEntry>) -> Result<Form, Fault> {
    let mut drafts: Vec<Draft> = Vec::with_capacity(entries.len());
    for entry in entries {
        let draft = draft(entry)?;
        let earlier = drafts
            .iter()
            .find(|earlier| earlier.field.variable == draft.field.variable);
        if let Some(earlier) = earlier {
            let reason = format!(
                "the variable `{}` is declared twice, first in line {}",
                draft.field.variable,
                line(&earlier.variable)
            );
            return Err(Fault::at(&draft.variable, reason));
        }
        if drafts.len() == MOST_FIELDS {
            let reason = format!("a form has at most {MOST_FIELDS} fields");
            return Err(Fault::at(&draft.variable, reason));
        }
        drafts.push(draft);
    }
    let mut fields = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let show_on = draft
            .show_on
            .iter()
            .map(|entry| condition(entry, draft, &drafts))
            .collect::<Result<_, _>>()?;
        fields.push(Field {
            show_on,
            ..draft.field.clone()
        });
    }
    Ok(Form::new(fields))
}

fn draft(mut entry: FieldEntry) -> Result<Draft, Fault> {
    if let Some(excess) = entry.show_on.get(MOST_CONDITIONS) {
        let reason = format!("a field has at most {MOST_CONDITIONS} conditions");
        return Err(Fault::at(&excess.variable, reason));
    }
    let variable = entry.checked_variable()?;
    let field_type = entry.checked_type()?;
    let field = Field {
        variable,
        default: entry.checked_default(&field_type)?,
        purpose: entry.checked_purpose(&field_type)?,
        field_type,
        required: entry.required,
        label: text::localized(entry.label)?,
        help: text::localized(entry.help)?,
        placeholder: entry.placeholder.map(text::localized).transpose()?,
        show_on: Vec::new(),
    };
    Ok(Draft {
        field,
        variable: entry.variable,
        show_on: entry.show_on,
    })
}

/// A condition of the field `of`: on the kind of model, or on another field
/// that has options.
fn condition(entry: &ConditionEntry, of: &Draft, all: &[Draft]) -> Result<Condition, Fault> {
    let values = &entry.value.value.0;
    if values.is_empty() {
        return Err(Fault::at(&entry.value, "a condition needs a value"));
    }
    let impossible = |value: &str, possible: &[&str]| {
        let reason = format!(
            "`{}` cannot be `{}`; it can be {}",
            entry.variable.value,
            value.escape_debug(),
            possible.join(", ")
        );
        Fault::at(&entry.value, reason)
    };
    let subject = &entry.variable.value;
    if subject == MODEL_TYPE {
        let known = ModelType::ALL.map(ModelType::as_str);
        let types = values.iter().map(|value| {
            let found = ModelType::ALL.into_iter().find(|of| of.as_str() == value);
            found.ok_or_else(|| impossible(value, &known))
        });
        return Ok(Condition::ModelType(types.collect::<Result<_, _>>()?));
    }
    if *subject == of.field.variable {
        let reason = format!("`{subject}` cannot depend on itself");
        return Err(Fault::at(&entry.variable, reason));
    }
    let other = all.iter().find(|other| other.field.variable == *subject);
    match other.map(|other| &other.field.field_type) {
        None => {
            let reason = format!("no field has the variable `{}`", subject.escape_debug());
            Err(Fault::at(&entry.variable, reason))
        }
        Some(FieldType::TextInput | FieldType::SecretInput) => {
            let reason = format!("`{subject}` has no options to depend on");
            Err(Fault::at(&entry.variable, reason))
        }
        Some(FieldType::Select { options }) => {
            let known: Vec<&str> = options.iter().map(|option| option.value.as_str()).collect();
            match values.iter().find(|value| !known.contains(&value.as_str())) {
                Some(value) => Err(impossible(value, &known)),
                None => Ok(Condition::Variable {
                    variable: subject.clone(),
                    values: values.clone(),
                }),
            }
        }
    }
}
