//! Conversions from the core's descriptions to the contract's.

use crate::bindings::description as wit;
use provider_core::description::{self as core, Description, LOCALES, Rule, Value};

/// The description of the model with this name.
#[must_use]
pub fn model(name: &str, description: Description) -> wit::ModelDescription {
    wit::ModelDescription {
        label: vec![("en_US".to_owned(), name.to_owned())],
        features: description.features.into_iter().map(feature).collect(),
        mode: description.mode.map(|mode| match mode {
            core::Mode::Chat => wit::CompletionMode::Chat,
            core::Mode::Completion => wit::CompletionMode::Completion,
        }),
        context_size: description.context_size,
        batch_size: description.batch_size,
        parameters: description.parameters.into_iter().map(rule).collect(),
        pricing: description.pricing.map(|pricing| wit::Pricing {
            input: pricing.input,
            output: pricing.output,
            unit: pricing.unit,
            currency: pricing.currency,
        }),
    }
}

/// Labels, separated by `|` in the order of [`LOCALES`], by language.
#[must_use]
pub fn localized(labels: &str) -> wit::LocalizedText {
    let mut localized = Vec::new();
    for (locale, label) in LOCALES.into_iter().zip(labels.split('|')) {
        localized.push((locale.to_owned(), label.to_owned()));
    }
    localized
}

fn feature(feature: core::Feature) -> wit::Feature {
    match feature {
        core::Feature::ToolCall => wit::Feature::ToolCall,
        core::Feature::MultiToolCall => wit::Feature::MultiToolCall,
        core::Feature::StreamToolCall => wit::Feature::StreamToolCall,
        core::Feature::Reasoning => wit::Feature::Reasoning,
        core::Feature::StructuredOutput => wit::Feature::StructuredOutput,
        core::Feature::ImageInput => wit::Feature::ImageInput,
        core::Feature::AudioInput => wit::Feature::AudioInput,
        core::Feature::VideoInput => wit::Feature::VideoInput,
        core::Feature::DocumentInput => wit::Feature::DocumentInput,
    }
}

/// A parameter rule of the contract. No parameter is required, and the labels
/// need no help text.
fn rule(rule: &Rule) -> wit::ParameterRule {
    let (value_type, minimum, maximum) = match rule.value {
        Value::Decimal(least, most) => (
            wit::ParameterType::Float,
            Some(least.into()),
            Some(most.into()),
        ),
        Value::AnyDecimal => (wit::ParameterType::Float, None, None),
        Value::Whole(least, most) => (
            wit::ParameterType::Integer,
            Some(least.into()),
            Some(most.into()),
        ),
        Value::WholeFrom(least) => (wit::ParameterType::Integer, Some(least.into()), None),
        Value::Switch => (wit::ParameterType::Boolean, None, None),
        Value::Choice(_) | Value::Line => (wit::ParameterType::String, None, None),
        Value::Text => (wit::ParameterType::Text, None, None),
    };
    let precision = match value_type {
        wit::ParameterType::Float => Some(2),
        _ => None,
    };
    let options = match rule.value {
        Value::Choice(words) => words,
        _ => &[],
    };
    wit::ParameterRule {
        name: rule.name.to_owned(),
        label: localized(rule.labels),
        help: Vec::new(),
        value_type,
        required: false,
        default_value: (!rule.default.is_empty()).then(|| rule.default.to_owned()),
        minimum,
        maximum,
        precision,
        options: options.iter().map(|word| (*word).to_owned()).collect(),
    }
}
