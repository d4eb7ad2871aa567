//! Exports of `description`.

use super::types::Session;
use crate::Component;
use crate::bindings;
use crate::bindings::description::{
    CompletionMode, Feature, Guest, LocalizedText, ModelDescription, ParameterRule, ParameterType,
    Pricing, ProviderInfo,
};
use crate::bindings::types::{self, ModelKind, SessionBorrow};
use provider_core::VERSION;
use provider_core::description::{self as core, Description, Kind, LOCALES, Rule, Value};
use provider_core::form::Form;

/// The provider's display name, in the languages of [`LOCALES`].
const LABELS: &str =
    "Higress AI Gateway|Higress AI 网关|Higress AI ゲートウェイ|Gateway de IA Higress";

impl Guest for Component {
    fn provider() -> ProviderInfo {
        ProviderInfo {
            name: "higress".to_owned(),
            version: VERSION.to_owned(),
            contract_version: bindings::VERSION.to_owned(),
            label: localized(LABELS),
            kinds: vec![
                ModelKind::TextGeneration,
                ModelKind::ImageGeneration,
                ModelKind::TextEmbedding,
                ModelKind::TextRerank,
            ],
        }
    }

    fn describe(session: SessionBorrow<'_>) -> Result<ModelDescription, types::Error> {
        let model = &session.get::<Session>().model;
        let kind = match model.kind {
            ModelKind::TextGeneration => Kind::TextGeneration,
            ModelKind::ImageGeneration => Kind::ImageGeneration,
            ModelKind::TextEmbedding => Kind::TextEmbedding,
            ModelKind::TextRerank => Kind::TextRerank,
        };
        let description = Description::of(kind, &Form::lenient(&model.credentials));
        Ok(ModelDescription {
            label: vec![("en_US".to_owned(), model.name.clone())],
            features: description.features.into_iter().map(feature).collect(),
            mode: description.mode.map(|mode| match mode {
                core::Mode::Chat => CompletionMode::Chat,
                core::Mode::Completion => CompletionMode::Completion,
            }),
            context_size: description.context_size,
            batch_size: description.batch_size,
            parameters: description.parameters.into_iter().map(rule).collect(),
            pricing: description.pricing.map(|pricing| Pricing {
                input: pricing.input,
                output: pricing.output,
                unit: pricing.unit,
                currency: pricing.currency,
            }),
        })
    }
}

/// Labels by language.
fn localized(labels: &str) -> LocalizedText {
    let mut localized = Vec::new();
    for (locale, label) in LOCALES.into_iter().zip(labels.split('|')) {
        localized.push((locale.to_owned(), label.to_owned()));
    }
    localized
}

fn feature(feature: core::Feature) -> Feature {
    match feature {
        core::Feature::ToolCall => Feature::ToolCall,
        core::Feature::MultiToolCall => Feature::MultiToolCall,
        core::Feature::StreamToolCall => Feature::StreamToolCall,
        core::Feature::Thinking => Feature::Thinking,
        core::Feature::StructuredOutput => Feature::StructuredOutput,
        core::Feature::ImageInput => Feature::ImageInput,
        core::Feature::AudioInput => Feature::AudioInput,
        core::Feature::VideoInput => Feature::VideoInput,
        core::Feature::DocumentInput => Feature::DocumentInput,
    }
}

/// A parameter rule of the contract. No parameter is required, and the labels
/// need no help text.
fn rule(rule: &Rule) -> ParameterRule {
    let (value_type, minimum, maximum) = match rule.value {
        Value::Decimal(least, most) => {
            (ParameterType::Float, Some(least.into()), Some(most.into()))
        }
        Value::AnyDecimal => (ParameterType::Float, None, None),
        Value::Whole(least, most) => (
            ParameterType::Integer,
            Some(least.into()),
            Some(most.into()),
        ),
        Value::WholeFrom(least) => (ParameterType::Integer, Some(least.into()), None),
        Value::Switch => (ParameterType::Boolean, None, None),
        Value::Choice(_) | Value::Line => (ParameterType::String, None, None),
        Value::Text => (ParameterType::Text, None, None),
    };
    let options = match rule.value {
        Value::Choice(words) => words,
        _ => &[],
    };
    ParameterRule {
        name: rule.name.to_owned(),
        label: localized(rule.labels),
        help: Vec::new(),
        value_type,
        required: false,
        default_value: (!rule.default.is_empty()).then(|| rule.default.to_owned()),
        minimum,
        maximum,
        precision: (value_type == ParameterType::Float).then_some(2),
        options: options.iter().map(|word| (*word).to_owned()).collect(),
    }
}
