//! The body of a request: known members alone, no nulls, nothing that the
//! caller did not set.

use core::ops::RangeInclusive;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::dialect::{CompletionMode, Dialect, FunctionCalling, ThinkingForm};
use super::messages::{self, WireMessage};
use super::response_format::{self, WireFormat};
use super::tools::{self, WireChoice, WireFunction, WireTool};
use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::http;
use crate::post::{self, Accept};
use crate::reply::object::Object;
use crate::text_generation::{Delivery, Parameters, Request, ResponseFormat, SearchContextSize};

/// The HTTP request for a completion.
///
/// # Errors
///
/// `invalid-request` for a call that makes no sense or a parameter out of its
/// range, `unsupported` for what the form says the model cannot do.
pub(super) fn encode(
    dialect: &Dialect,
    credentials: &Credentials,
    request: &Request,
    call: &Call,
    delivery: Delivery,
) -> Result<http::Request, Error> {
    if request.messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` is empty; a conversation has at least one",
        ));
    }
    check_parameters(&request.parameters)?;
    let mut body = Body::default();
    body.set("model", Value::Text(&credentials.model_name));
    match dialect.completion_mode {
        CompletionMode::Chat => body.add_conversation(dialect, request)?,
        CompletionMode::Completion => body.add_prompt(request)?,
    }
    let parameters = &request.parameters;
    body.add_sampling(parameters);
    body.set_if(
        dialect.token_parameter(&credentials.model_name),
        parameters.max_tokens.map(Value::Count),
    );
    if !parameters.stop.is_empty() {
        // An array even for one text: Higress `ai-proxy` refuses a bare string.
        body.set("stop", Value::Texts(&parameters.stop));
    }
    body.add_thinking(dialect, request)?;
    if let Some(size) = parameters.web_search {
        body.set("web_search_options", web_search(size));
    }
    body.set_if("user", call.end_user_id.as_deref().map(Value::Text));
    let accept = match delivery {
        Delivery::Whole => Accept::Json,
        Delivery::Stream => {
            body.set("stream", Value::Flag(true));
            if dialect.stream_usage {
                let options = vec![("include_usage", Value::Flag(true))];
                body.set("stream_options", Value::Object(options));
            }
            Accept::EventStream
        }
    };
    let json = body.write(parameters.extra.as_deref())?;
    let path = dialect.api_path();
    Ok(post::json(credentials, path, accept, json, call))
}

/// Members that the component answers for even where it leaves them out.
const OWN_MEMBERS: [&str; 8] = [
    "model",
    "messages",
    "prompt",
    "stream",
    "stream_options",
    "tools",
    "functions",
    // There is room for one answer.
    "n",
];

/// A value of the body.
enum Value<'a> {
    Text(&'a str),
    Long(String),
    Texts(&'a [String]),
    Flag(bool),
    Count(u64),
    Whole(i64),
    Decimal(f64),
    Object(Vec<(&'static str, Value<'a>)>),
    Messages(Vec<WireMessage<'a>>),
    Functions(Vec<WireFunction<'a>>),
    Tools(Vec<WireTool<'a>>),
    ToolChoice(WireChoice<'a>),
    ResponseFormat(WireFormat<'a>),
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Long(text) => serializer.serialize_str(text),
            Self::Texts(texts) => texts.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Decimal(number) => serializer.serialize_f64(*number),
            Self::Object(members) => {
                let mut object = serializer.serialize_map(None)?;
                for (name, value) in members {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
            Self::Messages(messages) => messages.serialize(serializer),
            Self::Functions(functions) => functions.serialize(serializer),
            Self::Tools(tools) => tools.serialize(serializer),
            Self::ToolChoice(choice) => choice.serialize(serializer),
            Self::ResponseFormat(format) => format.serialize(serializer),
        }
    }
}

/// The members of the body, in the order in which they are written.
#[derive(Default)]
struct Body<'a> {
    members: Vec<(&'static str, Value<'a>)>,
}

impl<'a> Body<'a> {
    fn set(&mut self, name: &'static str, value: Value<'a>) {
        self.members.push((name, value));
    }

    fn set_if(&mut self, name: &'static str, value: Option<Value<'a>>) {
        self.members.extend(value.map(|value| (name, value)));
    }

    fn add_conversation(&mut self, dialect: &Dialect, request: &'a Request) -> Result<(), Error> {
        let messages = messages::encode(&request.messages, dialect)?;
        self.set("messages", Value::Messages(messages));
        self.add_tools(dialect.function_calling, request)?;
        match &request.response_format {
            ResponseFormat::Text => {}
            ResponseFormat::JsonSchema(_) if !dialect.json_schemas => {
                return Err(Error::not_configured(
                    "an answer that follows a JSON schema",
                    "structured_output_support",
                ));
            }
            format => {
                let format = response_format::encode(format)?;
                self.set("response_format", Value::ResponseFormat(format));
            }
        }
        Ok(())
    }

    fn add_prompt(&mut self, request: &Request) -> Result<(), Error> {
        if !request.tools.is_empty() || request.response_format != ResponseFormat::Text {
            return Err(messages::not_for_prompts());
        }
        self.set("prompt", Value::Long(messages::prompt(&request.messages)?));
        Ok(())
    }

    fn add_tools(&mut self, form: FunctionCalling, request: &'a Request) -> Result<(), Error> {
        let functions = tools::functions(request, form)?;
        if functions.is_empty() {
            return Ok(());
        }
        let choice = tools::choice(request, form)?.map(Value::ToolChoice);
        match form {
            FunctionCalling::Absent => {}
            FunctionCalling::Functions => {
                self.set("functions", Value::Functions(functions));
                self.set_if("function_call", choice);
            }
            FunctionCalling::Tools => {
                let tools = functions.into_iter().map(WireTool::from).collect();
                self.set("tools", Value::Tools(tools));
                self.set_if("tool_choice", choice);
                let parallel = request.parallel_tool_calls.map(Value::Flag);
                self.set_if("parallel_tool_calls", parallel);
            }
        }
        Ok(())
    }

    fn add_sampling(&mut self, parameters: &Parameters) {
        for (name, value) in [
            ("temperature", parameters.temperature.map(Value::Decimal)),
            ("top_p", parameters.top_p.map(Value::Decimal)),
            ("top_k", parameters.top_k.map(|k| Value::Count(k.into()))),
            (
                "frequency_penalty",
                parameters.frequency_penalty.map(Value::Decimal),
            ),
            (
                "presence_penalty",
                parameters.presence_penalty.map(Value::Decimal),
            ),
            ("seed", parameters.seed.map(Value::Whole)),
        ] {
            self.set_if(name, value);
        }
    }

    /// Each backend has its own word for thinking; `reasoning_effort` is the
    /// one that all of them know.
    fn add_thinking(&mut self, dialect: &Dialect, request: &'a Request) -> Result<(), Error> {
        let thinking = dialect.thinking(request)?;
        let budget = request.parameters.thinking_budget;
        let mut effort = request.parameters.reasoning_effort.as_deref();
        if thinking == Some(false) && budget.is_some() {
            return Err(Error::invalid_request(
                "`thinking_budget` makes no sense where `thinking` is false",
            ));
        }
        let switch = thinking.map(Value::Flag);
        let most = budget.map(Value::Count);
        match dialect.thinking_form {
            ThinkingForm::EnableThinking => {
                self.set_if("enable_thinking", switch);
                self.set_if("thinking_budget", most);
            }
            ThinkingForm::Both => {
                self.set_if("enable_thinking", switch);
                self.set_if("thinking_budget", most);
                self.set_if("chat_template_kwargs", thinking.map(template_variables));
            }
            ThinkingForm::ChatTemplate => {
                self.set_if("chat_template_kwargs", thinking.map(template_variables));
                self.set_if("thinking_token_budget", most);
            }
            ThinkingForm::ThinkingType => {
                if let Some(thinking) = thinking.or(budget.map(|_| true)) {
                    let word = if thinking { "enabled" } else { "disabled" };
                    let most = most.map(|most| ("budget_tokens", most));
                    let members = [("type", Value::Text(word))].into_iter().chain(most);
                    self.set("thinking", Value::Object(members.collect()));
                }
            }
            ThinkingForm::ReasoningEffort => {
                let meant = match (thinking, budget) {
                    (Some(false), _) => Some("none"),
                    (_, Some(budget)) => Some(effort_for(budget)),
                    (Some(true), None) => Some("medium"),
                    (None, None) => None,
                };
                effort = effort.or(meant);
            }
        }
        self.set_if("reasoning_effort", effort.map(Value::Text));
        Ok(())
    }

    /// The body in bytes, with what the caller has in store for one backend.
    fn write(&self, extra: Option<&str>) -> Result<Vec<u8>, Error> {
        let extra = match extra.map(|json| Object::read(json.as_bytes())) {
            None => None,
            Some(Some(extra)) => Some(extra),
            Some(None) => return Err(Error::invalid_request("`extra` is not a JSON object")),
        };
        let mut names = extra.iter().flat_map(Object::members).map(|(name, _)| name);
        let is_own = |name: &&str| {
            OWN_MEMBERS.contains(name) || self.members.iter().any(|(own, _)| own == name)
        };
        if let Some(name) = names.find(is_own) {
            let shown: String = name.chars().take(64).collect();
            return Err(Error::invalid_request(format!(
                "`extra` holds `{shown}`, which the provider itself sets; use the field of the request"
            )));
        }
        let body = WithExtra {
            members: &self.members,
            extra: extra.as_ref(),
        };
        serde_json::to_vec(&body).map_err(|error| {
            Error::before_sending(
                ErrorKind::Internal,
                format!("the request cannot be encoded: {error}"),
            )
        })
    }
}

struct WithExtra<'b> {
    members: &'b [(&'static str, Value<'b>)],
    extra: Option<&'b Object<'b>>,
}

impl Serialize for WithExtra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (name, value) in self.members {
            object.serialize_entry(name, value)?;
        }
        for (name, value) in self.extra.into_iter().flat_map(Object::members) {
            object.serialize_entry(name, &value)?;
        }
        object.end()
    }
}

/// Templates of Qwen know the one variable, of `DeepSeek` the other.
fn template_variables<'a>(thinking: bool) -> Value<'a> {
    let names = ["enable_thinking", "thinking"];
    Value::Object(names.map(|name| (name, Value::Flag(thinking))).into())
}

/// Higress `ai-search`: its being there asks for a search.
fn web_search<'a>(size: SearchContextSize) -> Value<'a> {
    let word = match size {
        SearchContextSize::Automatic => None,
        SearchContextSize::Low => Some("low"),
        SearchContextSize::Medium => Some("medium"),
        SearchContextSize::High => Some("high"),
    };
    let size = word.map(|word| ("search_context_size", Value::Text(word)));
    Value::Object(size.into_iter().collect())
}

/// The effort that a budget of tokens amounts to, as Higress `ai-proxy` has it.
fn effort_for(budget: u64) -> &'static str {
    match budget {
        0..4096 => "low",
        4096..16384 => "medium",
        _ => "high",
    }
}

/// The ranges are the contract's (`wit/text-generation.wit`, `parameters`).
fn check_parameters(parameters: &Parameters) -> Result<(), Error> {
    check_range("temperature", parameters.temperature, 0..=2)?;
    check_range("top_p", parameters.top_p, 0..=1)?;
    check_range("frequency_penalty", parameters.frequency_penalty, -2..=2)?;
    check_range("presence_penalty", parameters.presence_penalty, -2..=2)?;
    for (name, value) in [
        ("max_tokens", parameters.max_tokens),
        ("thinking_budget", parameters.thinking_budget),
    ] {
        if value == Some(0) {
            return Err(Error::invalid_request(format!(
                "`{name}` is 0; it must be at least 1"
            )));
        }
    }
    if parameters.stop.iter().any(String::is_empty) {
        return Err(Error::invalid_request(
            "`stop` holds an empty text, which nothing could end with",
        ));
    }
    Ok(())
}

fn check_range(name: &str, value: Option<f64>, range: RangeInclusive<i8>) -> Result<(), Error> {
    match value {
        // Not-a-number is in no range.
        Some(value) if !(f64::from(*range.start())..=f64::from(*range.end())).contains(&value) => {
            Err(Error::invalid_request(format!(
                "`{name}` is out of range; it must be between {} and {}",
                range.start(),
                range.end()
            )))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
