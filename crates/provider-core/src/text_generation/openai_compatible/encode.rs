//! The body of a request: only known members that the caller set, and no nulls.

use core::ops::RangeInclusive;

use wire::to_json::to_json;

use super::body::{Body, Member, StreamOptions, TemplateVariables, Thinking, WebSearch};
use super::dialect::{CompletionMode, Dialect, FunctionCalling, ThinkingForm};
use super::json_object::{Members, not_written};
use super::{capacity, messages, prompt, response_format, tools};
use crate::api_request::{self, Accept};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use crate::text_generation::{
    Parameters, Request, ResponseFormat, ResponseMode, SearchContextSize,
};

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
        return Err(
            Error::invalid_request("`messages` is empty; send at least one message")
                .with_field("messages"),
        );
    }
    let parameters = &request.parameters;
    check_parameters(parameters)?;
    let model = credentials.model_name.as_str();
    let mut body = Body::default();
    body.add("model", Member::Text(model));
    match dialect.completion_mode {
        CompletionMode::Chat => add_conversation(&mut body, dialect, request)?,
        CompletionMode::Completion => add_prompt(&mut body, request)?,
    }
    add_sampling(&mut body, parameters);
    let limit = parameters.max_tokens.map(Member::Count);
    body.add_if_some(dialect.token_parameter(model), limit);
    // Always an array: Higress `ai-proxy` rejects a string.
    if !parameters.stop.is_empty() {
        body.add("stop", Member::Texts(&parameters.stop));
    }
    add_thinking(&mut body, dialect, request)?;
    let web_search = parameters.web_search.as_ref().map(web_search);
    body.add_if_some("web_search_options", web_search);
    let user = options.end_user_id.as_deref().map(Member::Text);
    body.add_if_some("user", user);
    let accept = match mode {
        ResponseMode::Full => Accept::Json,
        ResponseMode::Streaming => {
            body.add("stream", Member::Flag(true));
            if dialect.stream_usage {
                let options = StreamOptions {
                    include_usage: true,
                };
                body.add("stream_options", Member::StreamOptions(options));
            }
            Accept::EventStream
        }
    };
    if let Some(extra) = &parameters.extra {
        add_extra(&mut body, extra)?;
    }
    let json = to_json(&body, capacity::of_body(request)).map_err(not_written)?;
    let path = dialect.api_path();
    Ok(api_request::post_json(
        credentials,
        path,
        accept,
        json,
        options,
    ))
}

fn add_conversation<'a>(
    body: &mut Body<'a>,
    dialect: &'a Dialect,
    request: &'a Request,
) -> Result<(), Error> {
    let messages = messages::write(&request.messages, dialect)?;
    body.add("messages", Member::Messages(messages));
    add_tools(body, dialect.function_calling, request)?;
    if matches!(request.response_format, ResponseFormat::JsonSchema(_)) && !dialect.json_schemas {
        return Err(Error::not_configured(
            "a response format with a JSON schema",
            "structured_output_support",
        ));
    }
    let format = response_format::write(&request.response_format)?;
    body.add_if_some("response_format", format.map(Member::ResponseFormat));
    Ok(())
}

fn add_prompt(body: &mut Body<'_>, request: &Request) -> Result<(), Error> {
    if !request.tools.is_empty() || request.response_format != ResponseFormat::Text {
        return Err(prompt::not_for_prompts());
    }
    let prompt = prompt::write(&request.messages)?;
    body.add("prompt", Member::Prompt(prompt));
    Ok(())
}

fn add_tools<'a>(
    body: &mut Body<'a>,
    form: FunctionCalling,
    request: &'a Request,
) -> Result<(), Error> {
    tools::check(request, form)?;
    if request.tools.is_empty() {
        return Ok(());
    }
    let (list, choice) = match form {
        FunctionCalling::Tools => ("tools", "tool_choice"),
        FunctionCalling::Functions | FunctionCalling::Absent => ("functions", "function_call"),
    };
    body.add(list, Member::Tools(tools::write(&request.tools, form)?));
    if let Some(wanted) = &request.tool_choice {
        let wanted = tools::write_choice(wanted, &request.tools, form)?;
        body.add(choice, Member::ToolChoice(wanted));
    }
    if form == FunctionCalling::Tools {
        let parallel = request.parallel_tool_calls.map(Member::Flag);
        body.add_if_some("parallel_tool_calls", parallel);
    }
    Ok(())
}

fn add_sampling(body: &mut Body<'_>, parameters: &Parameters) {
    let decimal = |value: Option<f64>| value.map(Member::Decimal);
    let top_k = parameters.top_k.map(|count| Member::Count(count.into()));
    for (name, value) in [
        ("temperature", decimal(parameters.temperature)),
        ("top_p", decimal(parameters.top_p)),
        ("top_k", top_k),
        ("frequency_penalty", decimal(parameters.frequency_penalty)),
        ("presence_penalty", decimal(parameters.presence_penalty)),
        ("seed", parameters.seed.map(Member::Seed)),
    ] {
        body.add_if_some(name, value);
    }
}

/// Each backend has its own parameters for reasoning; `reasoning_effort` is
/// common to all.
fn add_thinking<'a>(
    body: &mut Body<'a>,
    dialect: &Dialect,
    request: &'a Request,
) -> Result<(), Error> {
    let thinking = dialect.thinking(request)?;
    let budget = request.parameters.reasoning_budget;
    let mut effort = request.parameters.reasoning_effort.as_deref();
    if thinking == Some(false) && budget.is_some() {
        return Err(Error::invalid_request(
            "`reasoning_budget` cannot be set when `reasoning` is false",
        )
        .with_field("parameters.reasoning_budget"));
    }
    let flag = thinking.map(Member::Flag);
    let count = budget.map(Member::Count);
    match dialect.thinking_form {
        ThinkingForm::EnableThinking => {
            body.add_if_some("enable_thinking", flag);
            body.add_if_some("thinking_budget", count);
        }
        ThinkingForm::Both => {
            body.add_if_some("enable_thinking", flag);
            body.add_if_some("thinking_budget", count);
            add_template_variables(body, thinking);
        }
        ThinkingForm::ChatTemplate => {
            add_template_variables(body, thinking);
            body.add_if_some("thinking_token_budget", count);
        }
        ThinkingForm::ThinkingType => {
            if let Some(thinking) = thinking.or(budget.map(|_| true)) {
                let thinking = Thinking {
                    kind: if thinking { "enabled" } else { "disabled" },
                    budget_tokens: budget,
                };
                body.add("thinking", Member::Thinking(thinking));
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
    body.add_if_some("reasoning_effort", effort.map(Member::Text));
    Ok(())
}

fn add_template_variables(body: &mut Body<'_>, thinking: Option<bool>) {
    let variables = thinking.map(|thinking| {
        Member::TemplateVariables(TemplateVariables {
            enable_thinking: thinking,
            thinking,
        })
    });
    body.add_if_some("chat_template_kwargs", variables);
}

/// Higress `ai-search`: the presence of the member enables the search.
fn web_search(size: &SearchContextSize) -> Member<'_> {
    Member::WebSearch(WebSearch {
        search_context_size: match size {
            SearchContextSize::Automatic => None,
            SearchContextSize::Low => Some("low"),
            SearchContextSize::Medium => Some("medium"),
            SearchContextSize::High => Some("high"),
            SearchContextSize::Other(word) => Some(word),
        },
    })
}

/// Adds the caller's `extra` members, which may replace none.
fn add_extra<'a>(body: &mut Body<'a>, extra: &'a str) -> Result<(), Error> {
    let wrong = |problem: String| Error::invalid_request(problem).with_field("parameters.extra");
    let extra =
        Members::read(extra).ok_or_else(|| wrong("`extra` must be a JSON object".to_owned()))?;
    if let Some(name) = extra
        .iter()
        .map(|(name, _)| name)
        .find(|name| body.sets(name))
    {
        let shown: String = name.chars().take(64).collect();
        return Err(wrong(format!(
            "`extra` contains `{shown}`, which the provider sets; use the request's own field"
        )));
    }
    body.extra = extra;
    Ok(())
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
            return Err(out_of_range(name, "must be at least 1"));
        }
    }
    if parameters.stop.iter().any(String::is_empty) {
        return Err(out_of_range("stop", "contains an empty string"));
    }
    Ok(())
}

fn check_range(name: &str, value: Option<f64>, range: RangeInclusive<i8>) -> Result<(), Error> {
    match value {
        // NaN is in no range.
        Some(value) if !(f64::from(*range.start())..=f64::from(*range.end())).contains(&value) => {
            let (start, end) = (range.start(), range.end());
            let problem = format!("is out of range; it must be from {start} to {end}");
            Err(out_of_range(name, &problem))
        }
        Some(_) | None => Ok(()),
    }
}

fn out_of_range(name: &str, problem: &str) -> Error {
    Error::invalid_request(format!("`{name}` {problem}")).with_field(format!("parameters.{name}"))
}

#[cfg(test)]
mod tests;
