//! The repository's manifest, as a whole.

use provider_host::contract;
use provider_host::contract::types::ModelKind;
use provider_host::form::{FieldPurpose, FieldType, Form, Locale, LocalizedText};
use provider_host::limits::Limits;
use provider_host::manifest::Import;
use std::collections::BTreeSet;
use testing::provider::manifest;
use testing::root;

/// Every text of the form, by where it stands.
fn texts(form: &Form) -> Vec<(String, &LocalizedText)> {
    let mut texts = Vec::new();
    for field in form.fields() {
        let variable = &field.variable;
        texts.push((format!("label of {variable}"), &field.label));
        texts.push((format!("help of {variable}"), &field.help));
        if let Some(placeholder) = &field.placeholder {
            texts.push((format!("placeholder of {variable}"), placeholder));
        }
        if let FieldType::Select { options } = &field.field_type {
            for option in options {
                texts.push((format!("{variable}: {}", option.value), &option.label));
            }
        }
    }
    texts
}

#[test]
fn it_names_this_plugin_and_this_contract() {
    let manifest = manifest();
    assert_eq!(manifest.name.as_str(), "higress");
    assert_eq!(manifest.version.to_string(), env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest.component.contract.to_string(), contract::VERSION);
    assert_eq!(
        manifest.component_path(),
        root().join("dist/higress-provider.wasm")
    );
    assert_eq!(
        manifest.supported_model_kinds,
        [
            ModelKind::TextGeneration,
            ModelKind::ImageGeneration,
            ModelKind::TextEmbedding,
            ModelKind::TextRerank,
        ]
    );
}

#[test]
fn its_limits_are_the_hosts_defaults_written_out() {
    let resource = manifest().resource;
    assert_eq!(resource.memory.bytes(), 67_108_864);
    assert!(resource.cpu_seconds.is_some());
    assert!(resource.deadline_seconds.is_some());
    assert!(resource.concurrent_calls.is_some());
    assert_eq!(Limits::from(&manifest()), Limits::default());
}

#[test]
fn its_permissions_are_the_imports_of_the_world_and_no_others() {
    let world = std::fs::read_to_string(root().join("wit/world.wit")).unwrap();
    let imported: BTreeSet<&str> = world
        .lines()
        .filter_map(|line| line.trim().strip_prefix("import "))
        .filter_map(|import| import.split('@').next())
        .collect();
    let permitted = manifest().resource.permission.imports.unwrap();
    let permitted: BTreeSet<&str> = permitted.iter().map(Import::as_str).collect();
    assert_eq!(permitted, imported);
}

#[test]
fn its_form_marks_the_fields_that_the_host_reads() {
    let form = manifest().form;
    let marked = |purpose| -> Vec<String> {
        let fields = form.fields_for(purpose);
        fields.map(|field| field.variable.clone()).collect()
    };
    assert_eq!(marked(FieldPurpose::Endpoint), ["endpoint_url"]);
    assert_eq!(marked(FieldPurpose::VirtualHost), ["virtual_host"]);
    assert_eq!(marked(FieldPurpose::ModelName), ["gateway_model_name"]);
}

#[test]
fn every_text_is_in_four_languages_and_really_translated() {
    let manifest = manifest();
    let mut all = texts(&manifest.form);
    all.push(("label".to_owned(), &manifest.label));
    all.push((
        "description".to_owned(),
        manifest.description.as_ref().unwrap(),
    ));
    for (place, text) in all {
        let translations: BTreeSet<&str> = Locale::ALL
            .into_iter()
            .map(|locale| {
                let translation = text.translation(locale);
                translation.unwrap_or_else(|| panic!("{place}: no {}", locale.as_str()))
            })
            .collect();
        assert!(translations.len() > 1, "{place}: {translations:?}");
    }
}

#[test]
fn every_help_gives_an_example() {
    for field in manifest().form.fields() {
        for (locale, word) in [
            (Locale::EnUs, "xample"),
            (Locale::ZhHans, "例如"),
            (Locale::JaJp, "例："),
            (Locale::PtBr, "xemplo"),
        ] {
            let help = field.help.get(locale);
            assert!(help.contains(word), "{}: {help}", field.variable);
        }
    }
}

#[test]
fn every_field_to_type_in_shows_what_to_type() {
    for field in manifest().form.fields() {
        let is_select = matches!(field.field_type, FieldType::Select { .. });
        assert_eq!(field.placeholder.is_none(), is_select, "{}", field.variable);
    }
}

#[test]
fn every_select_has_a_default() {
    for field in manifest().form.fields() {
        if matches!(field.field_type, FieldType::Select { .. }) {
            assert!(field.default.is_some(), "{}", field.variable);
        }
    }
}
