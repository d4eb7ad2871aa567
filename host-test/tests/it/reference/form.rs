//! `docs/reference/form.md`: every variable of the credential form, from
//! `manifest.yaml`.

use super::markdown::{escaped, paragraph, table};
use super::page;
use provider_host::form::{Condition, Field, FieldType, Form, ModelType};
use provider_host::manifest::Manifest;
use std::fmt::Write as _;
use testing::root;

const INTRODUCTION: &str = "\
# The credential form

What an operator fills in for each model, in the order of the form. Made by `make reference` from
[`manifest.yaml`](../../manifest.yaml), which has the texts in four languages.

Of a field that is left empty the default counts, also where the display of another field depends on
it. A required field that is shown, empty and without a default is an error. Blanks at both ends of
a value are dropped. What `endpoint_url` may be is in [Endpoint URLs](../endpoint-urls.md), what
`advanced_options` may hold in [Advanced options](../advanced-options.md).
";

#[test]
fn the_reference_of_the_form_is_current() {
    let manifest = Manifest::read(root().join("manifest.yaml"));
    let form = manifest.unwrap_or_else(|error| panic!("{error}")).form;
    page::check("form.md", &written(&form));
}

fn written(form: &Form) -> String {
    let rows: Vec<[String; 5]> = form.fields().iter().map(row).collect();
    let head = ["variable", "label", "type", "required", "default"];
    let sections = form.fields().iter().map(section);
    format!(
        "{INTRODUCTION}\n{}{}",
        table(head, &rows),
        sections.collect::<String>()
    )
}

fn row(field: &Field) -> [String; 5] {
    let variable = &field.variable;
    [
        format!("[`{variable}`](#{variable})"),
        escaped(field.label.en_us()),
        type_name(&field.field_type).to_owned(),
        if field.required { "yes" } else { "no" }.to_owned(),
        field.default.as_deref().map(code).unwrap_or_default(),
    ]
}

fn section(field: &Field) -> String {
    let required = if field.required {
        "required"
    } else {
        "optional"
    };
    let mut section = format!(
        "\n## `{}`\n\n**{}**: {}, {required}.\n\n{}\n- shown: {}\n",
        field.variable,
        escaped(field.label.en_us()),
        type_name(&field.field_type),
        help(field),
        shown(&field.show_on),
    );
    if let Some(default) = &field.default {
        let _ = writeln!(section, "- default: {}", code(default));
    }
    section + &options(&field.field_type)
}

fn help(field: &Field) -> String {
    let link = "[docs/advanced-options.md](../advanced-options.md)";
    paragraph(field.help.en_us()).replace("docs/advanced-options.md", link)
}

fn options(field_type: &FieldType) -> String {
    match field_type {
        FieldType::TextInput | FieldType::SecretInput => String::new(),
        FieldType::Select { options } => {
            let rows = options
                .iter()
                .map(|option| [code(&option.value), escaped(option.label.en_us())]);
            format!(
                "\n{}",
                table(["option", "label"], &rows.collect::<Vec<_>>())
            )
        }
    }
}

fn type_name(field_type: &FieldType) -> &'static str {
    match field_type {
        FieldType::TextInput => "text",
        FieldType::SecretInput => "secret",
        FieldType::Select { .. } => "choice",
    }
}

/// All conditions must hold.
fn shown(conditions: &[Condition]) -> String {
    if conditions.is_empty() {
        return "always".to_owned();
    }
    let conditions: Vec<String> = conditions.iter().map(condition).collect();
    conditions.join(", and ")
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::ModelType(types) => {
            let types: Vec<&str> = types.iter().map(|&of| kinds(of)).collect();
            format!("for {}", types.join(", "))
        }
        Condition::Variable { variable, values } => {
            let values: Vec<String> = values.iter().map(|value| code(value)).collect();
            format!(
                "where [`{variable}`](#{variable}) is {}",
                values.join(" or ")
            )
        }
    }
}

/// The kinds of model of a type.
fn kinds(model_type: ModelType) -> &'static str {
    match model_type {
        ModelType::Llm => "text generation, image generation",
        ModelType::TextEmbedding => "text embedding",
        ModelType::Rerank => "text rerank",
    }
}

fn code(value: &str) -> String {
    format!("`{value}`")
}
