//! Describes a model from its form, for hosts that list models and show a form
//! for their parameters. Nothing is sent and nothing fails: a host describes
//! all models of a workspace at once, and an invalid value of one must not hide
//! the others. Invalid values are omitted.

mod rules;

pub use rules::{LOCALES, Rule, Value};

use crate::form::{Form, variables};
use wire::decimal::is_decimal;

/// The kind of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text from messages.
    TextGeneration,
    /// Images from a prompt.
    ImageGeneration,
    /// Vectors from texts.
    TextEmbedding,
    /// Documents in the order of their relevance.
    TextRerank,
}

/// A capability of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// It can call one tool at a time.
    ToolCall,
    /// It can call several tools at once.
    MultiToolCall,
    /// Its tool calls can be streamed.
    StreamToolCall,
    /// It can reason before it answers.
    Reasoning,
    /// It can generate output that matches a JSON schema.
    StructuredOutput,
    /// It accepts images.
    ImageInput,
    /// It accepts audio.
    AudioInput,
    /// It accepts video.
    VideoInput,
    /// It accepts documents.
    DocumentInput,
}

/// The input of a text model: the options of `completion_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Messages.
    Chat,
    /// One prompt.
    Completion,
}

/// The price of a call; decimal numbers as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Price of a unit of input tokens.
    pub input: String,
    /// Price of a unit of output tokens.
    pub output: String,
    /// The part of a unit that one token is.
    pub unit: String,
    /// ISO 4217 code.
    pub currency: String,
}

/// The description of a model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Its capabilities.
    pub features: Vec<Feature>,
    /// Set for text models only.
    pub mode: Option<Mode>,
    /// Maximum tokens of input and output together.
    pub context_size: Option<u64>,
    /// Maximum number of texts in one request.
    pub batch_size: Option<u32>,
    /// The parameters of a request.
    pub parameters: Vec<&'static Rule>,
    /// The price of a call.
    pub pricing: Option<Pricing>,
}

impl Description {
    /// Describes a model of this kind.
    #[must_use]
    pub fn of(kind: Kind, form: &Form<'_>) -> Self {
        let described = match kind {
            Kind::TextGeneration => of_text_model(form),
            Kind::ImageGeneration => Self {
                parameters: rules::IMAGE.iter().collect(),
                ..Self::default()
            },
            Kind::TextEmbedding => Self {
                context_size: context_size(form),
                batch_size: form
                    .whole_number(variables::EMBEDDING_BATCH_SIZE, 1..=2048)
                    .unwrap_or_default(),
                parameters: rules::EMBEDDING.iter().collect(),
                ..Self::default()
            },
            Kind::TextRerank => Self {
                parameters: rules::RERANK.iter().collect(),
                ..Self::default()
            },
        };
        Self {
            pricing: Pricing::of(form),
            ..described
        }
    }
}

fn of_text_model(form: &Form<'_>) -> Description {
    let mode = match form.get(variables::COMPLETION_MODE) {
        None | Some("chat") => Some(Mode::Chat),
        Some("completion") => Some(Mode::Completion),
        Some(_) => None,
    };
    let mut described = Description {
        mode,
        context_size: context_size(form),
        parameters: rules::TEXT.iter().collect(),
        ..Description::default()
    };
    // Completion mode supports neither tools nor media.
    if mode == Some(Mode::Completion) {
        return described;
    }
    described.features.extend_from_slice(tool_features(form));
    let rules = &mut described.parameters;
    match form.get(variables::AGENT_THOUGHT_SUPPORT) {
        Some("supported") => {
            described.features.push(Feature::Reasoning);
            rules.extend(&rules::REASONING);
        }
        // Reasoning cannot be disabled, only its amount can be set.
        Some("only_thinking_supported") => {
            described.features.push(Feature::Reasoning);
            rules.extend(rules::REASONING.iter().skip(1));
        }
        _ => {}
    }
    rules.push(match form.get(variables::STRUCTURED_OUTPUT_SUPPORT) {
        Some("supported") => {
            described.features.push(Feature::StructuredOutput);
            &rules::RESPONSE_FORMAT_WITH_SCHEMA
        }
        _ => &rules::RESPONSE_FORMAT,
    });
    if form.get(variables::MULTIMODAL_SUPPORT) == Some("support") {
        described.features.extend([
            Feature::ImageInput,
            Feature::AudioInput,
            Feature::VideoInput,
            Feature::DocumentInput,
        ]);
    }
    rules.push(&rules::WEB_SEARCH);
    described
}

fn tool_features(form: &Form<'_>) -> &'static [Feature] {
    use Feature::{MultiToolCall, StreamToolCall, ToolCall};
    match form.get(variables::FUNCTION_CALLING_TYPE) {
        Some("function_call") => &[ToolCall, StreamToolCall],
        Some("tool_call") => &[ToolCall, MultiToolCall, StreamToolCall],
        _ => &[],
    }
}

fn context_size(form: &Form<'_>) -> Option<u64> {
    form.whole_number(variables::CONTEXT_SIZE, 1..=u64::MAX)
        .unwrap_or_default()
}

impl Pricing {
    /// `None` if no price is given or one of the four values is invalid: with a
    /// wrong unit the price would be wrong.
    fn of(form: &Form<'_>) -> Option<Self> {
        let (input, output) = (
            form.get(variables::PRICE_INPUT),
            form.get(variables::PRICE_OUTPUT),
        );
        input.or(output)?;
        let unit = form.get(variables::PRICE_UNIT).unwrap_or("0.000001");
        let currency = form.get(variables::PRICE_CURRENCY).unwrap_or("USD");
        let (input, output) = (input.unwrap_or("0"), output.unwrap_or("0"));
        let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
        ([input, output, unit].into_iter().all(is_decimal) && is_code).then(|| Self {
            input: input.to_owned(),
            output: output.to_owned(),
            unit: unit.to_owned(),
            currency: currency.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(kind: Kind, values: &[(&str, &str)]) -> Description {
        let values: Vec<(String, String)> = values
            .iter()
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect();
        Description::of(kind, &Form::lenient(&values))
    }

    fn names(description: &Description) -> Vec<&str> {
        let rules = description.parameters.iter();
        rules.map(|rule| rule.name).collect()
    }

    #[test]
    fn an_empty_form_describes_a_model_that_chats() {
        let described = describe(Kind::TextGeneration, &[]);
        assert_eq!(described.mode, Some(Mode::Chat));
        assert_eq!(described.features, []);
        assert_eq!(
            (described.context_size, described.pricing.clone()),
            (None, None)
        );
        assert_eq!(
            names(&described),
            [
                "temperature",
                "top_p",
                "top_k",
                "frequency_penalty",
                "presence_penalty",
                "seed",
                "max_tokens",
                "response_format",
                "web_search"
            ]
        );
    }

    #[test]
    fn what_the_form_switches_on_becomes_features_and_parameters() {
        use Feature::*;
        let described = describe(
            Kind::TextGeneration,
            &[
                ("function_calling_type", "tool_call"),
                ("agent_thought_support", "supported"),
                ("structured_output_support", "supported"),
                ("multimodal_support", "support"),
                ("context_size", "131072"),
            ],
        );
        assert_eq!(
            described.features,
            [
                ToolCall,
                MultiToolCall,
                StreamToolCall,
                Reasoning,
                StructuredOutput,
                ImageInput,
                AudioInput,
                VideoInput,
                DocumentInput
            ]
        );
        assert_eq!(described.context_size, Some(131_072));
        let names = names(&described);
        for name in ["reasoning", "reasoning_budget", "reasoning_effort"] {
            assert!(names.contains(&name), "{name}: {names:?}");
        }
        let format = described.parameters.iter();
        let mut format = format.filter(|rule| rule.name == "response_format");
        assert_eq!(
            format.next().map(|rule| rule.value),
            Some(Value::Choice(&["text", "json_object", "json_schema"]))
        );
        assert!(format.next().is_none());
    }

    #[test]
    fn a_model_that_always_thinks_has_no_switch_for_it() {
        let described = describe(
            Kind::TextGeneration,
            &[("agent_thought_support", "only_thinking_supported")],
        );
        assert_eq!(described.features, [Feature::Reasoning]);
        let names = names(&described);
        assert!(!names.contains(&"reasoning"), "{names:?}");
        assert!(names.contains(&"reasoning_effort"), "{names:?}");
    }

    #[test]
    fn a_model_of_prompts_has_no_tools() {
        let described = describe(
            Kind::TextGeneration,
            &[
                ("completion_mode", "completion"),
                ("function_calling_type", "tool_call"),
            ],
        );
        assert_eq!(described.mode, Some(Mode::Completion));
        assert_eq!(described.features, []);
        assert!(!names(&described).contains(&"response_format"));
    }

    #[test]
    fn the_other_kinds_have_parameters_of_their_own() {
        assert_eq!(
            names(&describe(Kind::ImageGeneration, &[])),
            [
                "negative_prompt",
                "size",
                "count",
                "seed",
                "prompt_extend",
                "watermark"
            ]
        );
        let form = [("context_size", "8192"), ("embedding_batch_size", "10")];
        let embedding = describe(Kind::TextEmbedding, &form);
        assert_eq!(names(&embedding), ["dimensions"]);
        assert_eq!(
            (embedding.context_size, embedding.batch_size),
            (Some(8192), Some(10))
        );
        let rerank = describe(Kind::TextRerank, &form);
        assert_eq!(names(&rerank), ["top_n", "score_threshold", "instruction"]);
        assert_eq!((rerank.context_size, rerank.mode), (None, None));
    }

    #[test]
    fn odd_values_are_left_out_and_nothing_fails() {
        let plain = describe(Kind::TextGeneration, &[]);
        for (variable, value) in [
            ("function_calling_type", "telepathy"),
            ("agent_thought_support", "\u{0}"),
            ("structured_output_support", "maybe"),
            ("multimodal_support", "supported"),
            ("context_size", "-1"),
            ("context_size", "0"),
            ("context_size", "many"),
            ("context_size", "99999999999999999999999"),
            ("endpoint_url", "nonsense"),
            ("advanced_options", "nonsense"),
            ("advanced_options", r#"{"unheard_of": 1}"#),
            ("advanced_options", r#"{"price_input": "free"}"#),
            (
                "advanced_options",
                r#"{"price_input": 1, "price_unit": "one"}"#,
            ),
            (
                "advanced_options",
                r#"{"price_input": 1, "price_currency": "Dollars"}"#,
            ),
        ] {
            let described = describe(Kind::TextGeneration, &[(variable, value)]);
            assert_eq!(described, plain, "{variable}: {value}");
        }
        let odd_mode = describe(Kind::TextGeneration, &[("completion_mode", "odd")]);
        assert_eq!(odd_mode.mode, None);
        let odd_batch = [("embedding_batch_size", "4096")];
        assert_eq!(describe(Kind::TextEmbedding, &odd_batch).batch_size, None);
    }

    #[test]
    fn prices_come_from_the_advanced_options() {
        let priced = |json| describe(Kind::TextRerank, &[("advanced_options", json)]).pricing;
        assert_eq!(
            priced(r#"{"price_input": "0.8", "price_output": 2, "price_currency": "CNY"}"#),
            Some(Pricing {
                input: "0.8".to_owned(),
                output: "2".to_owned(),
                unit: "0.000001".to_owned(),
                currency: "CNY".to_owned(),
            })
        );
        let output_alone = priced(r#"{"price_output": "1", "price_unit": "0.001"}"#);
        let output_alone = output_alone.expect("a price");
        assert_eq!(
            (output_alone.input, output_alone.unit),
            ("0".to_owned(), "0.001".to_owned())
        );
        assert_eq!(priced(r#"{"price_unit": "0.001"}"#), None);
    }
}
