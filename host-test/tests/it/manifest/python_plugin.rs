//! The 16 variables of the Python plugin for Higress, as its form has them. A
//! configuration that was made for it must work here unchanged.

use provider_host::contract::types::ModelKind;
use provider_host::form::{Condition, Field, FieldType};
use testing::call::filled;
use testing::provider::manifest;

/// A row: variable, type, required, default, conditions, options.
type Row = (
    &'static str,
    &'static str,
    bool,
    Option<&'static str>,
    &'static [&'static str],
    &'static [&'static str],
);

const LLM: &str = "__model_type=llm";
const TEXT: &str = "llm_usage_scenario=text_generation";

const FORM: [Row; 16] = [
    (
        "llm_usage_scenario",
        "select",
        true,
        Some("text_generation"),
        &[LLM],
        &["text_generation", "image_generation"],
    ),
    (
        "text_model_protocol",
        "select",
        true,
        Some("openai_compatible"),
        &[LLM, TEXT],
        &["openai_compatible"],
    ),
    (
        "function_calling_type",
        "select",
        false,
        Some("no_call"),
        &[LLM, TEXT],
        &["no_call", "function_call", "tool_call"],
    ),
    (
        "agent_thought_support",
        "select",
        false,
        Some("not_supported"),
        &[LLM, TEXT],
        &["only_thinking_supported", "not_supported", "supported"],
    ),
    (
        "multimodal_support",
        "select",
        false,
        Some("not_support"),
        &[LLM, TEXT, "text_model_protocol=openai_compatible"],
        &["support", "not_support"],
    ),
    (
        "image_model_protocol",
        "select",
        true,
        Some("dashscope_image_generation"),
        &[LLM, "llm_usage_scenario=image_generation"],
        &["dashscope_image_generation"],
    ),
    (
        "embedding_usage_scenario",
        "select",
        true,
        Some("embedding"),
        &["__model_type=text-embedding"],
        &["embedding"],
    ),
    (
        "embedding_model_protocol",
        "select",
        true,
        Some("openai_compatible"),
        &[
            "__model_type=text-embedding",
            "embedding_usage_scenario=embedding",
        ],
        &["openai_compatible"],
    ),
    (
        "rerank_usage_scenario",
        "select",
        true,
        Some("rerank"),
        &["__model_type=rerank"],
        &["rerank"],
    ),
    (
        "rerank_model_protocol",
        "select",
        true,
        Some("dashscope_rerank"),
        &["__model_type=rerank", "rerank_usage_scenario=rerank"],
        &["dashscope_rerank"],
    ),
    ("endpoint_url", "text-input", true, None, &[], &[]),
    (
        "consumer_auth_mode",
        "select",
        false,
        Some("disabled"),
        &[],
        &["disabled", "api_key", "hmac"],
    ),
    (
        "api_key",
        "secret-input",
        true,
        None,
        &["consumer_auth_mode=api_key"],
        &[],
    ),
    (
        "hmac_key",
        "secret-input",
        true,
        None,
        &["consumer_auth_mode=hmac"],
        &[],
    ),
    (
        "hmac_secret",
        "secret-input",
        true,
        None,
        &["consumer_auth_mode=hmac"],
        &[],
    ),
    ("gateway_model_name", "text-input", false, None, &[], &[]),
];

/// What this form adds: options behind those of the Python plugin, and the
/// conditions that go with them.
fn additions(variable: &str) -> (&'static [&'static str], &'static str) {
    match variable {
        "embedding_model_protocol" => (&["dashscope_embedding"], ""),
        "consumer_auth_mode" => (&["jwt", "hmac_apisix"], ""),
        "hmac_key" | "hmac_secret" => (&[], "|hmac_apisix"),
        "image_model_protocol" => (&["openai_images"], ""),
        "rerank_model_protocol" => (
            &[
                "dashscope_native_rerank",
                "dashscope_compatible_rerank",
                "cohere_rerank",
            ],
            "",
        ),
        _ => (&[], ""),
    }
}

fn options(field: &Field) -> Vec<&str> {
    match &field.field_type {
        FieldType::TextInput | FieldType::SecretInput => Vec::new(),
        FieldType::Select { options } => {
            options.iter().map(|option| option.value.as_str()).collect()
        }
    }
}

fn conditions(field: &Field) -> Vec<String> {
    let conditions = field.show_on.iter().map(|condition| match condition {
        Condition::ModelType(types) => {
            let types: Vec<&str> = types.iter().map(|of| of.as_str()).collect();
            format!("__model_type={}", types.join("|"))
        }
        Condition::Variable { variable, values } => format!("{variable}={}", values.join("|")),
    });
    conditions.collect()
}

fn type_name(field: &Field) -> &'static str {
    match field.field_type {
        FieldType::TextInput => "text-input",
        FieldType::SecretInput => "secret-input",
        FieldType::Select { .. } => "select",
    }
}

#[test]
fn its_variables_have_their_types_options_defaults_and_conditions() {
    let manifest = manifest();
    for (variable, field_type, required, default, shown_when, choices) in FORM {
        let field = manifest.form.field(variable).expect(variable);
        let (more_choices, more_values) = additions(variable);
        assert_eq!(type_name(field), field_type, "{variable}");
        assert_eq!(field.required, required, "{variable}");
        assert_eq!(field.default.as_deref(), default, "{variable}");
        assert_eq!(
            options(field),
            [choices, more_choices].concat(),
            "{variable} differs from the Python plugin's: `additions` lists what is ours"
        );
        let shown_when: Vec<String> = shown_when
            .iter()
            .map(|condition| format!("{condition}{more_values}"))
            .collect();
        assert_eq!(
            conditions(field),
            shown_when,
            "{variable} differs from the Python plugin's: `additions` lists what is ours"
        );
    }
}

#[test]
fn a_configuration_that_was_made_for_it_is_accepted() {
    let defaults = FORM
        .into_iter()
        .filter_map(|(variable, _, _, default, _, _)| {
            default.map(|default| (variable.to_owned(), default.to_owned()))
        });
    let own = [
        ("endpoint_url", "http://env-1.alicloudapi.com/p"),
        ("consumer_auth_mode", "hmac"),
        ("hmac_key", "ak"),
        ("hmac_secret", "sk"),
    ];
    let values: Vec<_> = defaults.chain(filled(&own)).collect();
    for kind in [
        ModelKind::TextGeneration,
        ModelKind::TextEmbedding,
        ModelKind::TextRerank,
    ] {
        assert_eq!(manifest().form.check(&kind, &values), Ok(()));
    }
}
