//! What a provider and its models can do.

use super::write::to_value;
use provider_host::contract::description::{
    CompletionMode, Feature, LocalizedText, ModelDescription, ParameterRule, ParameterType,
    Pricing, ProviderInfo,
};
use provider_host::contract::types::ModelKind;
use serde::{Serialize, Serializer};
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
    to_value(&ProviderDocument {
        name,
        version,
        contract_version,
        label: Localized(label),
        kinds: kinds.iter().map(ModelKind::as_str).collect(),
    })
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
    to_value(&ModelDocument {
        label: Localized(label),
        features: features.iter().map(feature).collect(),
        mode: mode.as_ref().map(completion_mode),
        context_size: *context_size,
        batch_size: *batch_size,
        parameters: parameters.iter().map(RuleDocument::from).collect(),
        pricing: pricing.as_ref().map(PricingDocument::from),
    })
}

#[derive(Serialize)]
struct ProviderDocument<'a> {
    name: &'a str,
    version: &'a str,
    contract_version: &'a str,
    label: Localized<'a>,
    kinds: Vec<&'a str>,
}

#[derive(Serialize)]
struct ModelDocument<'a> {
    label: Localized<'a>,
    features: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_size: Option<u32>,
    parameters: Vec<RuleDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<PricingDocument<'a>>,
}

#[derive(Serialize)]
struct RuleDocument<'a> {
    name: &'a str,
    label: Localized<'a>,
    help: Localized<'a>,
    value_type: &'a str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<u8>,
    options: &'a [String],
}

impl<'a> From<&'a ParameterRule> for RuleDocument<'a> {
    fn from(rule: &'a ParameterRule) -> Self {
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
        Self {
            name,
            label: Localized(label),
            help: Localized(help),
            value_type: parameter_type(value_type),
            required: *required,
            default_value: default_value.as_deref().map(json_or_text),
            minimum: *minimum,
            maximum: *maximum,
            precision: *precision,
            options,
        }
    }
}

#[derive(Serialize)]
struct PricingDocument<'a> {
    input: &'a str,
    output: &'a str,
    unit: &'a str,
    currency: &'a str,
}

impl<'a> From<&'a Pricing> for PricingDocument<'a> {
    fn from(pricing: &'a Pricing) -> Self {
        let Pricing {
            input,
            output,
            unit,
            currency,
        } = pricing;
        Self {
            input,
            output,
            unit,
            currency,
        }
    }
}

/// An object of locale and text.
struct Localized<'a>(&'a LocalizedText);

impl Serialize for Localized<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(locale, text)| (locale, text)))
    }
}

/// The value that a JSON text stands for; a text that is not JSON stands for
/// itself.
fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// The contract's word for a feature.
#[must_use]
pub fn feature(feature: &Feature) -> &str {
    match feature {
        Feature::ToolCall => "tool-call",
        Feature::MultiToolCall => "multi-tool-call",
        Feature::StreamToolCall => "stream-tool-call",
        Feature::Reasoning => "reasoning",
        Feature::StructuredOutput => "structured-output",
        Feature::ImageInput => "image-input",
        Feature::AudioInput => "audio-input",
        Feature::VideoInput => "video-input",
        Feature::DocumentInput => "document-input",
        Feature::WebSearch => "web-search",
        Feature::ImageOutput => "image-output",
        Feature::AudioOutput => "audio-output",
        Feature::Other(word) => word,
    }
}

/// The contract's word for a completion mode.
#[must_use]
pub fn completion_mode(mode: &CompletionMode) -> &str {
    match mode {
        CompletionMode::Chat => "chat",
        CompletionMode::Completion => "completion",
        CompletionMode::Other(word) => word,
    }
}

/// The contract's word for the type of a parameter.
#[must_use]
pub fn parameter_type(value_type: &ParameterType) -> &str {
    match value_type {
        ParameterType::Float => "float",
        ParameterType::Integer => "integer",
        ParameterType::Boolean => "boolean",
        ParameterType::String => "string",
        ParameterType::Text => "text",
        ParameterType::Other(word) => word,
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
            contract_version: "0.2.0".to_owned(),
            label: vec![("en_US".to_owned(), "Higress".to_owned())],
            kinds: vec![ModelKind::TextRerank],
        };
        let expected = json!({
            "name": "higress", "version": "0.1.0", "contract_version": "0.2.0",
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
