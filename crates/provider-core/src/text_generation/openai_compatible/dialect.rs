//! Differences between backends in how requests are written. They are selected
//! by the form and never guessed from a response; one default depends on the
//! model name.

use super::ReaderOptions;
use super::message::Role;
use crate::error::{Error, ErrorKind};
use crate::form::{Form, variables};
use crate::text_generation::{Request, ResponseMode};

/// The options of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the form that is on or off"
)]
pub struct Dialect {
    pub(super) completion_mode: CompletionMode,
    pub(super) function_calling: FunctionCalling,
    pub(super) thinking_support: ThinkingSupport,
    pub(super) thinking_form: ThinkingForm,
    pub(super) think_tags: bool,
    pub(super) json_schemas: bool,
    pub(super) media: bool,
    pub(super) media_form: MediaForm,
    pub(super) token_parameter: TokenParameter,
    pub(super) developer_role: Role,
    pub(super) send_reasoning: SendReasoning,
    pub(super) tool_result_media: ToolResultMedia,
    pub(super) stream_usage: bool,
}

/// The input of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CompletionMode {
    /// Messages.
    Chat,
    /// One prompt.
    Completion,
}

/// The format of tool calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionCalling {
    /// No tool calls.
    Absent,
    /// `functions` and `function_call`, one at a time.
    Functions,
    /// `tools` and `tool_calls`.
    Tools,
}

/// Whether the model reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThinkingSupport {
    Never,
    Always,
    /// Selected by each call.
    Optional,
}

/// How reasoning is enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThinkingForm {
    /// The next two together: each backend ignores the other's.
    Both,
    /// Qwen at Alibaba Cloud: top-level `enable_thinking`.
    EnableThinking,
    /// vLLM and `SGLang`: `chat_template_kwargs`.
    ChatTemplate,
    /// DeepSeek, Zhipu, Doubao: `thinking` with a `type`.
    ThinkingType,
    /// `OpenAI`: `reasoning_effort` alone.
    ReasoningEffort,
}

/// How audio, video and documents are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaForm {
    OpenAi,
    Qwen,
}

/// The name of the output token limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenParameter {
    Automatic,
    MaxTokens,
    MaxCompletionTokens,
}

/// Which reasoning of earlier answers is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendReasoning {
    /// That of answers with tool calls: `DeepSeek`, Kimi and GLM require it there.
    /// And that which is signed: Claude.
    Automatic,
    Off,
    On,
}

/// Where the media of tool results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolResultMedia {
    /// In a user message after the results: `OpenAI` allows only texts in them.
    UserMessage,
    /// In the results.
    Parts,
}

const ON_OR_OFF: &[(&str, bool)] = &[("on", true), ("off", false)];

impl Dialect {
    /// Parses the options of the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown option.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        Ok(Self {
            completion_mode: form.choice(
                variables::COMPLETION_MODE,
                &[
                    ("chat", CompletionMode::Chat),
                    ("completion", CompletionMode::Completion),
                ],
            )?,
            function_calling: form.choice(
                variables::FUNCTION_CALLING_TYPE,
                &[
                    ("no_call", FunctionCalling::Absent),
                    ("function_call", FunctionCalling::Functions),
                    ("tool_call", FunctionCalling::Tools),
                ],
            )?,
            thinking_support: form.choice(
                variables::AGENT_THOUGHT_SUPPORT,
                &[
                    ("not_supported", ThinkingSupport::Never),
                    ("only_thinking_supported", ThinkingSupport::Always),
                    ("supported", ThinkingSupport::Optional),
                ],
            )?,
            thinking_form: form.choice(
                variables::THINKING_FORM,
                &[
                    ("both", ThinkingForm::Both),
                    ("enable_thinking", ThinkingForm::EnableThinking),
                    ("chat_template_kwargs", ThinkingForm::ChatTemplate),
                    ("thinking_type", ThinkingForm::ThinkingType),
                    ("reasoning_effort", ThinkingForm::ReasoningEffort),
                ],
            )?,
            think_tags: form.choice(variables::THINK_TAGS, ON_OR_OFF)?,
            json_schemas: form.choice(
                variables::STRUCTURED_OUTPUT_SUPPORT,
                &[("not_supported", false), ("supported", true)],
            )?,
            media: form.choice(
                variables::MULTIMODAL_SUPPORT,
                &[("not_support", false), ("support", true)],
            )?,
            media_form: form.choice(
                variables::MEDIA_FORM,
                &[("openai", MediaForm::OpenAi), ("qwen", MediaForm::Qwen)],
            )?,
            token_parameter: form.choice(
                variables::TOKEN_PARAMETER_NAME,
                &[
                    ("automatic", TokenParameter::Automatic),
                    ("max_tokens", TokenParameter::MaxTokens),
                    ("max_completion_tokens", TokenParameter::MaxCompletionTokens),
                ],
            )?,
            developer_role: form.choice(
                variables::DEVELOPER_ROLE,
                &[("system", Role::System), ("developer", Role::Developer)],
            )?,
            send_reasoning: form.choice(
                variables::SEND_REASONING,
                &[
                    ("automatic", SendReasoning::Automatic),
                    ("off", SendReasoning::Off),
                    ("on", SendReasoning::On),
                ],
            )?,
            tool_result_media: form.choice(
                variables::TOOL_RESULT_MEDIA,
                &[
                    ("user_message", ToolResultMedia::UserMessage),
                    ("parts", ToolResultMedia::Parts),
                ],
            )?,
            stream_usage: form.choice(variables::STREAM_USAGE, ON_OR_OFF)?,
        })
    }

    /// The path of the API relative to the endpoint. Higress `ai-proxy`
    /// recognises an API by this suffix, so any route prefix works.
    #[must_use]
    pub fn api_path(&self) -> &'static str {
        match self.completion_mode {
            CompletionMode::Chat => "/v1/chat/completions",
            CompletionMode::Completion => "/v1/completions",
        }
    }

    /// Whether reasoning is requested; `None` if unspecified.
    ///
    /// # Errors
    ///
    /// `unsupported` if the form does not enable it.
    pub(super) fn thinking(&self, request: &Request) -> Result<Option<bool>, Error> {
        match (self.thinking_support, request.parameters.reasoning) {
            (ThinkingSupport::Never, Some(true)) => Err(Error::not_configured(
                "`reasoning`",
                "agent_thought_support",
            )),
            (ThinkingSupport::Always, Some(false)) => Err(Error::not_configured(
                "`reasoning: false`",
                "agent_thought_support",
            )),
            (ThinkingSupport::Never, _) => Ok(None),
            (ThinkingSupport::Always, _) => Ok(Some(true)),
            (ThinkingSupport::Optional, thinking) => Ok(thinking),
        }
    }

    /// The options of the reader: reasoning is dropped if the request disables
    /// it.
    #[must_use]
    pub fn reader_options(&self, request: &Request) -> ReaderOptions {
        ReaderOptions {
            reasoning: request.parameters.reasoning != Some(false),
            think_tags: self.think_tags,
        }
    }

    /// The name of the output token limit for a model.
    pub(super) fn token_parameter(&self, model_name: &str) -> &'static str {
        match self.token_parameter {
            TokenParameter::MaxCompletionTokens => "max_completion_tokens",
            TokenParameter::Automatic if wants_completion_tokens(model_name) => {
                "max_completion_tokens"
            }
            TokenParameter::MaxTokens | TokenParameter::Automatic => "max_tokens",
        }
    }

    /// The dialect without the feature that `error` rejects, if the request can
    /// be sent again without it.
    #[must_use]
    pub fn downgraded_for(self, refusal: &Error, mode: ResponseMode) -> Option<Self> {
        let asked_for_usage = matches!(mode, ResponseMode::Streaming) && self.stream_usage;
        (refusal.kind == ErrorKind::BadRequest
            && asked_for_usage
            && refusal
                .stated
                .param
                .as_deref()
                .is_some_and(is_stream_options))
        .then_some(Self {
            stream_usage: false,
            ..self
        })
    }
}

/// Whether a parameter is `stream_options` or a member of it.
fn is_stream_options(param: &str) -> bool {
    param.split('.').next() == Some("stream_options")
}

/// `OpenAI`'s reasoning models reject `max_tokens`. The model name may have a
/// provider prefix.
fn wants_completion_tokens(model_name: &str) -> bool {
    let name = model_name.rsplit('/').next().unwrap_or(model_name);
    ["o1", "o3", "o4", "gpt-5"].into_iter().any(|family| {
        name.strip_prefix(family)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_generation::Parameters;

    fn dialect(values: &[(&str, &str)]) -> Result<Dialect, Error> {
        let values: Vec<(String, String)> = values
            .iter()
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect();
        Dialect::parse(&Form::parse(&values)?)
    }

    fn asking(thinking: Option<bool>) -> Request {
        Request {
            parameters: Parameters {
                reasoning: thinking,
                ..Parameters::default()
            },
            ..Request::default()
        }
    }

    #[test]
    fn the_limit_of_tokens_is_named_as_the_model_wants_it() {
        let by_name = dialect(&[]).unwrap();
        for (model, parameter) in [
            ("o3", "max_completion_tokens"),
            ("o1-mini", "max_completion_tokens"),
            ("openai/gpt-5.1", "max_completion_tokens"),
            ("gpt-4o", "max_tokens"),
            ("qwen-max", "max_tokens"),
            ("o30b", "max_tokens"),
        ] {
            assert_eq!(by_name.token_parameter(model), parameter, "{model}");
        }
        let fixed = dialect(&[("token_parameter_name", "max_tokens")]).unwrap();
        assert_eq!(fixed.token_parameter("o3"), "max_tokens");
    }

    #[test]
    fn the_form_decides_whether_a_call_may_switch_thinking() {
        let support = |word| dialect(&[("agent_thought_support", word)]).unwrap();
        for (word, asked, meant) in [
            ("not_supported", None, Ok(None)),
            ("not_supported", Some(false), Ok(None)),
            ("not_supported", Some(true), Err(())),
            ("only_thinking_supported", None, Ok(Some(true))),
            ("only_thinking_supported", Some(false), Err(())),
            ("supported", None, Ok(None)),
            ("supported", Some(false), Ok(Some(false))),
        ] {
            let thinking = support(word).thinking(&asking(asked)).map_err(|_| ());
            assert_eq!(thinking, meant, "{word} {asked:?}");
        }
    }

    #[test]
    fn usage_is_left_out_only_where_it_was_asked_for_and_refused() {
        let refused_param = |param: &str| {
            let mut error = Error::after_sending(ErrorKind::BadRequest, "unknown field");
            error.stated.param = Some(param.to_owned());
            error
        };
        let refused = refused_param("stream_options");
        let other = refused_param("top_k");
        let dialect = dialect(&[]).unwrap();
        let relaxed = dialect.downgraded_for(&refused, ResponseMode::Streaming);
        assert!(relaxed.is_some_and(|relaxed| !relaxed.stream_usage));
        assert!(
            relaxed
                .unwrap()
                .downgraded_for(&refused, ResponseMode::Streaming)
                .is_none()
        );
        assert!(
            dialect
                .downgraded_for(&other, ResponseMode::Streaming)
                .is_none()
        );
        assert!(
            dialect
                .downgraded_for(&refused, ResponseMode::Full)
                .is_none()
        );
    }
}
