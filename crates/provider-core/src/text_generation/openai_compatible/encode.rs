//! Writes the body of a request: only known members that the caller set, and no
//! nulls.

use core::ops::RangeInclusive;

use super::dialect::{CompletionMode, Dialect, FunctionCalling, ThinkingForm};
use super::{messages, response_format, tools};
use crate::api_request::{self, Accept};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use crate::text_generation::{
    Parameters, Request, ResponseFormat, ResponseMode, SearchContextSize,
};
use wire::json::JsonWriter;
use wire::json::Object;

/// The HTTP request for a completion.
///
/// # Errors
///
/// `invalid-request` for an invalid request or a parameter out of range,
/// `unsupported` for a feature that the form does not enable.
pub fn encode(
    dialect: &Dialect,
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
    mode: ResponseMode,
) -> Result<http::Request, Error> {
    if request.messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` is empty; send at least one message",
        ));
    }
    check_parameters(&request.parameters)?;
    let parameters = &request.parameters;
    let model = credentials.model_name.as_str();
    let mut body = Body::with_capacity(messages::room(&request.messages));
    body.member("model").string(model);
    match dialect.completion_mode {
        CompletionMode::Chat => body.add_conversation(dialect, request)?,
        CompletionMode::Completion => body.add_prompt(request)?,
    }
    body.add_sampling(parameters);
    body.count(dialect.token_parameter(model), parameters.max_tokens);
    body.add_stop(&parameters.stop);
    body.add_thinking(dialect, request)?;
    body.add_web_search(parameters.web_search.as_ref());
    body.text("user", options.end_user_id.as_deref());
    let accept = match mode {
        ResponseMode::Full => Accept::Json,
        ResponseMode::Streaming => {
            body.member("stream").boolean(true);
            if dialect.stream_usage {
                let options = body.member("stream_options").begin_object();
                options.member("include_usage").boolean(true);
                options.end_object();
            }
            Accept::EventStream
        }
    };
    let json = body.finish(parameters.extra.as_deref())?;
    let path = dialect.api_path();
    Ok(api_request::post_json(
        credentials,
        path,
        accept,
        json,
        options,
    ))
}

/// Members that the provider controls even if it omits them.
const OWN_MEMBERS: [&str; 8] = [
    "model",
    "messages",
    "prompt",
    "stream",
    "stream_options",
    "tools",
    "functions",
    // Only one answer can be returned.
    "n",
];

/// The body and the names of its members.
struct Body {
    json: JsonWriter,
    names: Vec<&'static str>,
}

impl Body {
    fn with_capacity(content_bytes: usize) -> Self {
        let mut json = JsonWriter::with_capacity(content_bytes);
        json.begin_object();
        Self {
            json,
            names: Vec::new(),
        }
    }

    fn member(&mut self, name: &'static str) -> &mut JsonWriter {
        self.names.push(name);
        self.json.member(name)
    }

    fn text(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.member(name).string(text);
        }
    }

    fn flag(&mut self, name: &'static str, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.member(name).boolean(flag);
        }
    }

    fn count(&mut self, name: &'static str, count: Option<u64>) {
        if let Some(count) = count {
            self.member(name).u64(count);
        }
    }

    fn decimal(&mut self, name: &'static str, number: Option<f64>) {
        if let Some(number) = number {
            self.member(name).decimal(number);
        }
    }

    fn add_conversation(&mut self, dialect: &Dialect, request: &Request) -> Result<(), Error> {
        messages::write(&request.messages, dialect, self.member("messages"))?;
        self.add_tools(dialect.function_calling, request)?;
        match &request.response_format {
            ResponseFormat::Text => Ok(()),
            ResponseFormat::JsonSchema(_) if !dialect.json_schemas => Err(Error::not_configured(
                "a response format with a JSON schema",
                "structured_output_support",
            )),
            format => response_format::write(format, self.member("response_format")),
        }
    }

    fn add_prompt(&mut self, request: &Request) -> Result<(), Error> {
        if !request.tools.is_empty() || request.response_format != ResponseFormat::Text {
            return Err(messages::not_for_prompts());
        }
        let prompt = messages::prompt(&request.messages)?;
        self.member("prompt").string(&prompt);
        Ok(())
    }

    fn add_tools(&mut self, form: FunctionCalling, request: &Request) -> Result<(), Error> {
        tools::check(request, form)?;
        if request.tools.is_empty() {
            return Ok(());
        }
        let (list, choice) = match form {
            FunctionCalling::Tools => ("tools", "tool_choice"),
            FunctionCalling::Functions | FunctionCalling::Absent => ("functions", "function_call"),
        };
        tools::write(&request.tools, form, self.member(list))?;
        if let Some(wanted) = &request.tool_choice {
            tools::write_choice(wanted, &request.tools, form, self.member(choice))?;
        }
        if form == FunctionCalling::Tools {
            self.flag("parallel_tool_calls", request.parallel_tool_calls);
        }
        Ok(())
    }

    fn add_sampling(&mut self, parameters: &Parameters) {
        self.decimal("temperature", parameters.temperature);
        self.decimal("top_p", parameters.top_p);
        self.count("top_k", parameters.top_k.map(u64::from));
        self.decimal("frequency_penalty", parameters.frequency_penalty);
        self.decimal("presence_penalty", parameters.presence_penalty);
        if let Some(seed) = parameters.seed {
            self.member("seed").i64(seed);
        }
    }

    /// Always an array: Higress `ai-proxy` rejects a string.
    fn add_stop(&mut self, texts: &[String]) {
        if !texts.is_empty() {
            self.member("stop").string_array(texts);
        }
    }

    /// Each backend has its own parameters for reasoning; `reasoning_effort` is
    /// common to all.
    fn add_thinking(&mut self, dialect: &Dialect, request: &Request) -> Result<(), Error> {
        let thinking = dialect.thinking(request)?;
        let budget = request.parameters.reasoning_budget;
        let mut effort = request.parameters.reasoning_effort.as_deref();
        if thinking == Some(false) && budget.is_some() {
            return Err(Error::invalid_request(
                "`reasoning_budget` cannot be set when `reasoning` is false",
            ));
        }
        match dialect.thinking_form {
            ThinkingForm::EnableThinking => {
                self.flag("enable_thinking", thinking);
                self.count("thinking_budget", budget);
            }
            ThinkingForm::Both => {
                self.flag("enable_thinking", thinking);
                self.count("thinking_budget", budget);
                self.add_template_variables(thinking);
            }
            ThinkingForm::ChatTemplate => {
                self.add_template_variables(thinking);
                self.count("thinking_token_budget", budget);
            }
            ThinkingForm::ThinkingType => {
                if let Some(thinking) = thinking.or(budget.map(|_| true)) {
                    let word = if thinking { "enabled" } else { "disabled" };
                    let object = self.member("thinking").begin_object();
                    object.member("type").string(word);
                    if let Some(budget) = budget {
                        object.member("budget_tokens").u64(budget);
                    }
                    object.end_object();
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
        self.text("reasoning_effort", effort);
        Ok(())
    }

    /// Qwen templates use `enable_thinking`, `DeepSeek` templates `thinking`.
    fn add_template_variables(&mut self, thinking: Option<bool>) {
        if let Some(thinking) = thinking {
            let variables = self.member("chat_template_kwargs").begin_object();
            variables.member("enable_thinking").boolean(thinking);
            variables.member("thinking").boolean(thinking);
            variables.end_object();
        }
    }

    /// Higress `ai-search`: the presence of the member enables the search.
    fn add_web_search(&mut self, size: Option<&SearchContextSize>) {
        let word = match size {
            None => return,
            Some(SearchContextSize::Automatic) => None,
            Some(SearchContextSize::Low) => Some("low"),
            Some(SearchContextSize::Medium) => Some("medium"),
            Some(SearchContextSize::High) => Some("high"),
            Some(SearchContextSize::Other(word)) => Some(word.as_str()),
        };
        let options = self.member("web_search_options").begin_object();
        options.string_if_some("search_context_size", word);
        options.end_object();
    }

    /// The bytes of the body, with the caller's `extra` members.
    fn finish(mut self, extra: Option<&str>) -> Result<Vec<u8>, Error> {
        if let Some(extra) = extra {
            let extra = Object::read(extra.as_bytes())
                .ok_or_else(|| Error::invalid_request("`extra` must be a JSON object"))?;
            for (name, value) in extra.members() {
                if OWN_MEMBERS.contains(&name) || self.names.contains(&name) {
                    let shown: String = name.chars().take(64).collect();
                    return Err(Error::invalid_request(format!(
                        "`extra` contains `{shown}`, which the provider sets; use the request's own field"
                    )));
                }
                self.json.member(name).raw(value);
            }
        }
        self.json.end_object();
        Ok(self.json.into_bytes())
    }
}

/// The effort that corresponds to a token budget, as in Higress `ai-proxy`.
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
        ("reasoning_budget", parameters.reasoning_budget),
    ] {
        if value == Some(0) {
            return Err(Error::invalid_request(format!(
                "`{name}` must be at least 1"
            )));
        }
    }
    if parameters.stop.iter().any(String::is_empty) {
        return Err(Error::invalid_request("`stop` contains an empty string"));
    }
    Ok(())
}

fn check_range(name: &str, value: Option<f64>, range: RangeInclusive<i8>) -> Result<(), Error> {
    match value {
        // NaN is in no range.
        Some(value) if !(f64::from(*range.start())..=f64::from(*range.end())).contains(&value) => {
            Err(Error::invalid_request(format!(
                "`{name}` is out of range; it must be from {} to {}",
                range.start(),
                range.end()
            )))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
