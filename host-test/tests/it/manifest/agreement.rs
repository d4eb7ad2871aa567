//! The manifest and the component's own parser know the same variables,
//! options and defaults. Every field of the manifest is tried, so a new one
//! is covered by being there.

use super::trial::{Trial, sample};
use provider_core::form::{ADVANCED_VARIABLES, VARIABLES, Variable};
use provider_host::form::{Field, FieldType, Form};
use std::collections::BTreeSet;
use testing::provider::manifest;
use testing::root;

/// Variables that the component does not read yet. It only gets shorter: one
/// that starts to be read fails a test until it is taken out, and is tried
/// with the others from then on.
const NOT_READ_YET: [&str; 0] = [];

/// Variables that only the description of a model reads yet: it leaves odd
/// values out, so nothing is refused for them. One that a call comes to read
/// is taken out.
const READ_LENIENTLY: [&str; 2] = ["context_size", "embedding_batch_size"];

/// The fields that the core reads, and refuses if they are wrong.
fn fields_read(form: &Form) -> impl Iterator<Item = &Field> {
    let is_read = |field: &&Field| {
        let variable = field.variable.as_str();
        !NOT_READ_YET.contains(&variable) && !READ_LENIENTLY.contains(&variable)
    };
    form.fields().iter().filter(is_read)
}

fn names(variables: &[Variable]) -> BTreeSet<&'static str> {
    variables.iter().map(|variable| variable.name()).collect()
}

#[test]
fn the_component_reads_the_variables_of_the_manifest_and_no_others() {
    let form = manifest().form;
    let fields = form.fields().iter();
    let in_manifest: BTreeSet<&str> = fields.map(|field| field.variable.as_str()).collect();
    let mut read = names(VARIABLES);
    for variable in NOT_READ_YET {
        assert!(
            read.insert(variable),
            "`{variable}` is read now: take it out of NOT_READ_YET"
        );
    }
    assert_eq!(read, in_manifest);
    for variable in READ_LENIENTLY {
        assert!(
            in_manifest.contains(variable),
            "{variable} is not in the manifest"
        );
    }
}

#[test]
fn every_word_that_the_component_knows_is_an_option() {
    let form = manifest().form;
    for field in form.fields() {
        let variable = VARIABLES
            .iter()
            .find(|variable| variable.name() == field.variable);
        let Some(variable) = variable else {
            continue; // not read yet
        };
        let offered: BTreeSet<&str> = match &field.field_type {
            FieldType::Select { options } => options.iter().map(|one| one.value.as_str()).collect(),
            _ => BTreeSet::new(),
        };
        let known: BTreeSet<&str> = variable.options().iter().copied().collect();
        assert_eq!(known, offered, "the options of `{}`", field.variable);
    }
}

#[test]
fn every_advanced_option_is_in_the_documentation_and_no_other() {
    let text = std::fs::read_to_string(root().join("docs/advanced-options.md")).unwrap();
    let documented: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(documented, names(ADVANCED_VARIABLES));
}

#[test]
fn every_option_is_accepted_and_no_other() {
    let form = manifest().form;
    for field in fields_read(&form) {
        let FieldType::Select { options } = &field.field_type else {
            continue;
        };
        for option in options {
            Trial::new(&form, field, &option.value).accepted();
        }
        let mut trial = Trial::new(&form, field, &options[0].value);
        trial.fill(&field.variable, "unheard-of");
        trial.refused_for(&field.variable);
    }
}

#[test]
fn a_default_is_what_an_empty_field_means() {
    let form = manifest().form;
    for field in fields_read(&form) {
        let Some(default) = &field.default else {
            continue;
        };
        let mut trial = Trial::new(&form, field, default);
        let with_default = trial.accepted();
        trial.empty(&field.variable);
        let without = trial.accepted();
        assert!(with_default == without, "{}: {default}", field.variable);
    }
}

#[test]
fn what_is_required_is_missed_by_both() {
    let form = manifest().form;
    for field in fields_read(&form) {
        if !field.required || field.default.is_some() {
            continue;
        }
        let mut trial = Trial::new(&form, field, sample(&field.variable));
        trial.accepted();
        trial.empty(&field.variable);
        trial.refused_for(&field.variable);
    }
}

#[test]
fn no_text_may_hold_a_control_character() {
    let form = manifest().form;
    for field in fields_read(&form) {
        // A secret that only signs is never sent and may be anything.
        if field.variable != "hmac_secret" {
            let usual = field.default.as_deref().unwrap_or(sample(&field.variable));
            let mut trial = Trial::new(&form, field, usual);
            trial.fill(&field.variable, "one\u{1}two");
            trial.refused_for(&field.variable);
        }
    }
}
