//! What a provider and its models can do.

use super::record::{Record, list};
use provider_host::contract::description::{
    CompletionMode, Feature, LocalizedText, ModelDescription, ParameterRule, ParameterType,
    Pricing, ProviderInfo,
};
use provider_host::contract::types::ModelKind;
use serde_json::Value;

/// The JSON of a provider. Localized texts are objects of locale and text.
#[must_use]
pub fn write_provider(provider: &ProviderInfo) -> Value {
    let ProviderInfo {
        name,
        version,
        contract_version,
        label,
        kinds,
    } = provider;
    Record::new()
        .field("name", name.as_str())
        .field("version", version.as_str())
        .field("contract_version", contract_version.as_str())
        .field("label", localized(label))
        .field("kinds", list(kinds, |kind| model_kind(*kind).into()))
        .into()
}

/// The JSON of a model's description.
#[must_use]
pub fn write_model(description: &ModelDescription) -> Value {
    let ModelDescription {
        label,
        features,
        mode,
        context_size,
        batch_size,
        parameters,
        pricing,
    } = description;
    Record::new()
        .field("label", localized(label))
        .field("features", list(features, |it| feature(*it).into()))
        .optional("mode", mode.map(completion_mode))
        .optional("context_size", *context_size)
        .optional("batch_size", *batch_size)
        .field("parameters", list(parameters, write_rule))
        .optional("pricing", pricing.as_ref().map(write_pricing))
        .into()
}

fn write_rule(rule: &ParameterRule) -> Value {
    let ParameterRule {
        name,
        label,
        help,
        value_type,
        required,
        default_value,
        minimum,
        maximum,
        precision,
        options,
    } = rule;
    Record::new()
        .field("name", name.as_str())
        .field("label", localized(label))
        .field("help", localized(help))
        .field("value_type", parameter_type(*value_type))
        .field("required", *required)
        .optional("default_value", default_value.as_deref().map(json_or_text))
        .optional("minimum", *minimum)
        .optional("maximum", *maximum)
        .optional("precision", *precision)
        .field("options", options.as_slice())
        .into()
}

fn write_pricing(pricing: &Pricing) -> Value {
    let Pricing {
        input,
        output,
        unit,
        currency,
    } = pricing;
    Record::new()
        .field("input", input.as_str())
        .field("output", output.as_str())
        .field("unit", unit.as_str())
        .field("currency", currency.as_str())
        .into()
}

fn localized(text: &LocalizedText) -> Value {
    let mut record = Record::new();
    for (locale, text) in text {
        record = record.field(locale, text.as_str());
    }
    record.into()
}

/// The value that a JSON text stands for; the text itself if it is none.
fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// The contract's word for a kind of model.
#[must_use]
pub fn model_kind(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::TextGeneration => "text-generation",
        ModelKind::ImageGeneration => "image-generation",
        ModelKind::TextEmbedding => "text-embedding",
        ModelKind::TextRerank => "text-rerank",
    }
}

/// The contract's word for an ability.
#[must_use]
pub fn feature(feature: Feature) -> &'static str {
    match feature {
        Feature::ToolCall => "tool-call",
        Feature::MultiToolCall => "multi-tool-call",
        Feature::StreamToolCall => "stream-tool-call",
        Feature::Thinking => "thinking",
        Feature::StructuredOutput => "structured-output",
        Feature::ImageInput => "image-input",
        Feature::AudioInput => "audio-input",
        Feature::VideoInput => "video-input",
        Feature::DocumentInput => "document-input",
        Feature::WebSearch => "web-search",
    }
}

/// The contract's word for what a text model is given.
#[must_use]
pub fn completion_mode(mode: CompletionMode) -> &'static str {
    match mode {
        CompletionMode::Chat => "chat",
        CompletionMode::Completion => "completion",
    }
}

/// The contract's word for a type of parameter.
#[must_use]
pub fn parameter_type(value_type: ParameterType) -> &'static str {
    match value_type {
        ParameterType::Float => "float",
        ParameterType::Integer => "integer",
        ParameterType::Boolean => "boolean",
        ParameterType::String => "string",
        ParameterType::Text => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::{json_or_text, write_provider};
    use provider_host::contract::description::ProviderInfo;
    use provider_host::contract::types::ModelKind;
    use serde_json::json;

    #[test]
    fn labels_are_objects_and_kinds_are_words() {
        let provider = ProviderInfo {
            name: "higress".to_owned(),
            version: "0.1.0".to_owned(),
            contract_version: "0.1.0".to_owned(),
            label: vec![("en_US".to_owned(), "Higress".to_owned())],
            kinds: vec![ModelKind::TextRerank],
        };
        let expected = json!({
            "name": "higress", "version": "0.1.0", "contract_version": "0.1.0",
            "label": {"en_US": "Higress"}, "kinds": ["text-rerank"]
        });
        assert_eq!(write_provider(&provider), expected);
    }

    #[test]
    fn a_default_value_is_json_again() {
        assert_eq!(json_or_text("0.7"), json!(0.7));
        assert_eq!(json_or_text("\"auto\""), json!("auto"));
        assert_eq!(json_or_text("auto"), json!("auto"));
    }
}
