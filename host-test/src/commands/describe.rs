//! `describe`: describes a model, or the provider.

use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::form::Form;
use crate::input::StandardInput;
use crate::interrupt::run_until_interrupted;
use crate::kind::Kind;
use crate::output::{self, Format, Medium};
use clap::Args;
use higress_host::json::description::{
    completion_mode, feature, parameter_type, write_model, write_provider,
};
use provider_host::contract::description::{
    LocalizedText, ModelDescription, ParameterRule, ProviderInfo,
};
use provider_host::contract::types::ModelKind;

const EXAMPLES: &str = "\
Examples:
  higress-host describe
  higress-host describe text-generation \\
      --model qwen-plus --credentials mine.json";

/// Describe a model; without a kind, the provider. Sends no request.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DescribeArguments {
    /// The kind of model.
    #[arg(value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl DescribeArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self.kind {
            Some(kind) => self.describe_model(kind.into()),
            None => self.describe_provider(),
        }
    }

    fn describe_model(&self, kind: ModelKind) -> Result<(), Failure> {
        let context = self.call.open(kind, &mut StandardInput::Unread)?;
        let description = run_until_interrupted(async {
            let described = context.tenant.describe(&context.model).await;
            described.map_err(|error| context.failure(error))
        })?;
        show(
            context.format,
            &write_model(&description),
            &model_lines(&description),
        )
    }

    /// Needs neither a model nor credentials.
    fn describe_provider(&self) -> Result<(), Failure> {
        let manifest = self.call.plugin.read_manifest()?;
        let tenant = self.call.make_tenant(&Form::default(), manifest)?;
        let provider = run_until_interrupted(async {
            let provider = tenant.provider().await;
            provider.map_err(|error| Failure::Call { error, hint: None })
        })?;
        show(
            self.call.format(),
            &write_provider(&provider),
            &provider_lines(&provider),
        )
    }
}

fn show(format: Format, json: &serde_json::Value, lines: &[String]) -> Result<(), Failure> {
    match format {
        Format::JsonLines => output::write_json(json)?,
        Format::Text => {
            let medium = Medium::of_standard_output();
            output::write_line(&medium.safe(&lines.join("\n")))?;
        }
    }
    Ok(())
}

fn provider_lines(provider: &ProviderInfo) -> Vec<String> {
    let kinds: Vec<&str> = provider.kinds.iter().map(ModelKind::as_str).collect();
    vec![
        format!("{} ({})", english(&provider.label), provider.name),
        format!("  version   {}", provider.version),
        format!("  contract  {}", provider.contract_version),
        format!("  kinds     {}", kinds.join(", ")),
    ]
}

fn model_lines(description: &ModelDescription) -> Vec<String> {
    let mut lines = vec![english(&description.label).to_owned()];
    if let Some(mode) = &description.mode {
        lines.push(format!("  mode        {}", completion_mode(mode)));
    }
    let features: Vec<&str> = description.features.iter().map(feature).collect();
    if !features.is_empty() {
        lines.push(format!("  features    {}", features.join(", ")));
    }
    if let Some(size) = description.context_size {
        lines.push(format!("  context     {size} tokens"));
    }
    if let Some(size) = description.batch_size {
        lines.push(format!("  batch size  {size} texts"));
    }
    if let Some(pricing) = &description.pricing {
        lines.push(format!(
            "  price       {} in, {} out ({}, unit {})",
            pricing.input, pricing.output, pricing.currency, pricing.unit
        ));
    }
    if !description.parameters.is_empty() {
        lines.push("  parameters".to_owned());
        lines.extend(description.parameters.iter().map(rule_line));
    }
    lines
}

fn rule_line(rule: &ParameterRule) -> String {
    let mut facts = vec![english(&rule.label).to_owned()];
    facts.extend(match (rule.minimum, rule.maximum) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (None, None) => None,
    });
    if !rule.options.is_empty() {
        facts.push(format!("one of {}", rule.options.join(", ")));
    }
    if let Some(value) = &rule.default_value {
        facts.push(format!("default {value}"));
    }
    format!(
        "    {:<18} {:<8} {}",
        rule.name,
        parameter_type(&rule.value_type),
        facts.join(", ")
    )
}

fn english(text: &LocalizedText) -> &str {
    let mut texts = text.iter();
    texts
        .find(|(locale, _)| locale == "en_US")
        .map_or("", |(_, text)| text)
}
