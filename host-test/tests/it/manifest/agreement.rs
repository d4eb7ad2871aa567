//! The manifest and the component's own parser know the same variables,
//! options and defaults. Every field of the manifest is tried, so a new one
//! is covered by being there.

use super::trial::{Trial, sample};
use provider_core::form::ADVANCED_OPTIONS;
use provider_host::form::{Field, FieldType, Form};
use std::collections::BTreeSet;
use std::path::Path;
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

/// The component's sources, one after the other.
fn sources() -> String {
    fn gather(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    gather(&root().join("crates/provider-core/src"), &mut text);
    text
}

#[test]
fn the_component_reads_every_variable_but_those_that_are_listed() {
    let form = manifest().form;
    let sources = sources();
    for field in form.fields() {
        let variable = field.variable.as_str();
        let is_read = sources.contains(&format!("\"{variable}\""));
        match (is_read, NOT_READ_YET.contains(&variable)) {
            (true, false) | (false, true) => {}
            (true, true) => panic!("`{variable}` is read now: take it out of NOT_READ_YET"),
            (false, false) => panic!("`{variable}` is in the manifest, and nothing reads it"),
        }
    }
    for variable in NOT_READ_YET.into_iter().chain(READ_LENIENTLY) {
        assert!(
            form.field(variable).is_some(),
            "{variable} is not in the manifest"
        );
    }
}

#[test]
fn the_component_reads_no_variable_that_the_manifest_lacks() {
    let form = manifest().form;
    let sources = sources();
    let mut found = 0;
    for look_up in [
        "form.get(",
        "form.required(",
        "form.choice(",
        "form.whole_number(",
    ] {
        for (at, _) in sources.match_indices(look_up) {
            let argument = sources[at + look_up.len()..].trim_start();
            let Some((variable, _)) = argument
                .strip_prefix('"')
                .and_then(|rest| rest.split_once('"'))
            else {
                continue; // a constant or a parameter
            };
            assert!(
                form.field(variable).is_some() || ADVANCED_OPTIONS.contains(&variable),
                "`{variable}` is neither in the manifest nor an advanced option"
            );
            found += 1;
        }
    }
    assert!(
        found > 5,
        "only {found} look-ups were found: are they written otherwise now?"
    );
}

/// Each choice that the sources make by the name of its variable, and the list
/// behind it: `form.choice("variable", &[("word", …), …])`.
fn choices(sources: &str) -> impl Iterator<Item = (&str, &str)> {
    sources.split("form.choice(").skip(1).filter_map(|call| {
        let (variable, rest) = call.trim_start().strip_prefix('"')?.split_once('"')?;
        Some((variable, rest.split_once(']')?.0))
    })
}

/// What stands first in each pair.
fn words(list: &str) -> BTreeSet<&str> {
    let pairs = list.split('(').skip(1);
    pairs.filter_map(|pair| pair.split('"').nth(1)).collect()
}

#[test]
fn every_word_that_the_component_knows_is_an_option() {
    let form = manifest().form;
    let sources = sources();
    let mut compared = 0;
    for (variable, list) in choices(&sources) {
        let Some(field) = form.field(variable) else {
            continue; // an advanced option
        };
        let FieldType::Select { options } = &field.field_type else {
            panic!("`{variable}` is no choice in the manifest");
        };
        let offered: BTreeSet<&str> = options.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(
            words(list),
            offered,
            "the words that src/ knows of `{variable}`, beside its options in manifest.yaml"
        );
        compared += 1;
    }
    assert!(
        compared > 5,
        "only {compared} choices were found: are they written otherwise now?"
    );
}

#[test]
fn every_advanced_option_is_in_the_documentation_and_no_other() {
    let text = std::fs::read_to_string(root().join("docs/advanced-options.md")).unwrap();
    let documented: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(documented, ADVANCED_OPTIONS.into_iter().collect());
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
