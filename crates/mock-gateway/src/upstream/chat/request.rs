//! Reading a chat completion request, as strictly as a real server. `null`
//! counts as absent; unused fields are ignored.

use serde_json::{Map, Value};

use super::conversation::Conversation;
use super::message;
use super::tools::{self, ToolChoice};
use crate::upstream::api_error::ApiError;
use crate::upstream::field::{check_range, flag, object, positive_integer, present};

/// The most stop texts of a request.
const MOST_STOP_TEXTS: usize = 4;

/// The parts of a request that matter, in any dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChatRequest {
    pub(crate) conversation: Conversation,
    pub(crate) stop: Vec<String>,
    /// The most tokens of the response.
    pub(crate) limit: Option<usize>,
    pub(crate) delivery: Delivery,
    /// The names of the tools that may be called.
    pub(crate) tools: Vec<String>,
    pub(crate) tool_choice: ToolChoice,
    /// The most tools that may be called at once.
    pub(crate) most_calls: usize,
    /// Whether to reason first, if the request sets it.
    pub(crate) thinking: Option<bool>,
    /// The most tokens of the reasoning.
    pub(crate) thinking_budget: Option<usize>,
}

/// How the response is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As one document.
    Document(Content),
    /// As events.
    Stream(UsageReport),
    /// As events of DashScope's own.
    NativeStream(Content, Growth),
}

/// Whether a stream reports its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsageReport {
    /// Not at all.
    Omitted,
    /// In a last event without choices (`stream_options.include_usage`).
    LastEvent,
}

/// The form of a message's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// One text.
    Text,
    /// A list of parts, as in DashScope's multimodal responses.
    Parts,
}

/// What each event of a stream contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// The new part.
    Increment,
    /// Everything so far.
    WholeSoFar,
}

impl ChatRequest {
    /// Reads a body in `OpenAI`'s form.
    pub(crate) fn read(fields: &Map<String, Value>) -> Result<Self, ApiError> {
        let messages = present(fields, "messages").ok_or_else(|| ApiError::missing("messages"))?;
        single_choice(fields)?;
        check_range(fields, "temperature", 0.0, 2.0)?;
        check_range(fields, "top_p", 0.0, 1.0)?;
        let tools = tools::offered(fields)?;
        Ok(Self {
            conversation: message::conversation(messages)?,
            stop: stop(fields)?,
            limit: limit(fields)?,
            delivery: delivery(fields)?,
            tool_choice: tools::choice(fields, &tools)?,
            tools,
            most_calls: most_calls(fields)?,
            thinking: thinking(fields)?,
            thinking_budget: positive_integer(fields, "thinking_budget")?,
        })
    }

    /// Whether a tool may be called.
    pub(crate) fn offers(&self, tool: &str) -> bool {
        self.tools.iter().any(|offered| offered == tool)
    }
}

/// Each provider has its own switch; any of them counts.
fn thinking(fields: &Map<String, Value>) -> Result<Option<bool>, ApiError> {
    let template = object(fields, "chat_template_kwargs")?;
    for (place, name) in [
        (Some(fields), "enable_thinking"),
        (template, "enable_thinking"),
        (template, "thinking"),
    ] {
        if let Some(place) = place.filter(|place| present(place, name).is_some()) {
            return flag(place, name).map(Some);
        }
    }
    if let Some(thinking) = object(fields, "thinking")? {
        return Ok(Some(
            present(thinking, "type") == Some(&Value::from("enabled")),
        ));
    }
    match present(fields, "reasoning_effort") {
        None => Ok(None),
        Some(Value::String(effort)) => Ok(Some(effort != "none")),
        Some(_) => Err(ApiError::wrong_type("reasoning_effort", "a string")),
    }
}

fn most_calls(fields: &Map<String, Value>) -> Result<usize, ApiError> {
    let refuses =
        present(fields, "parallel_tool_calls").is_some() && !flag(fields, "parallel_tool_calls")?;
    Ok(if refuses { 1 } else { usize::MAX })
}

fn stop(fields: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let wrong_type = || ApiError::wrong_type("stop", "a string or an array of strings");
    let texts = match present(fields, "stop") {
        None => Vec::new(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong_type))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(wrong_type()),
    };
    if texts.len() > MOST_STOP_TEXTS {
        let message = format!("Invalid 'stop': at most {MOST_STOP_TEXTS} strings are allowed.");
        return Err(ApiError::field("stop", message).code("array_above_max_length"));
    }
    if texts.iter().any(String::is_empty) {
        return Err(ApiError::field("stop", "Invalid 'stop': an empty string."));
    }
    Ok(texts)
}

fn limit(fields: &Map<String, Value>) -> Result<Option<usize>, ApiError> {
    let old = positive_integer(fields, "max_tokens")?;
    let new = positive_integer(fields, "max_completion_tokens")?;
    if old.is_some() && new.is_some() {
        let message =
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
        return Err(ApiError::field("max_tokens", message).code("invalid_parameter_combination"));
    }
    Ok(old.or(new))
}

/// There is only one response: `n` must be absent or 1.
fn single_choice(fields: &Map<String, Value>) -> Result<(), ApiError> {
    match positive_integer(fields, "n")? {
        None | Some(1) => Ok(()),
        Some(_) => Err(
            ApiError::field("n", "This model does not support 'n' above 1.")
                .code("unsupported_value"),
        ),
    }
}

fn delivery(fields: &Map<String, Value>) -> Result<Delivery, ApiError> {
    let streams = flag(fields, "stream")?;
    match (streams, object(fields, "stream_options")?) {
        (false, None) => Ok(Delivery::Document(Content::Text)),
        (false, Some(_)) => {
            let message = "'stream_options' is only allowed when 'stream' is true.";
            Err(ApiError::field("stream_options", message))
        }
        (true, Some(options)) if flag(options, "include_usage")? => {
            Ok(Delivery::Stream(UsageReport::LastEvent))
        }
        (true, _) => Ok(Delivery::Stream(UsageReport::Omitted)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse_with(extra: &Value) -> Result<ChatRequest, ApiError> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let fields = body.as_object_mut().unwrap();
        fields.extend(extra.as_object().unwrap().clone());
        ChatRequest::read(fields)
    }

    #[test]
    fn stop_may_be_a_text_or_a_list_of_texts() {
        assert_eq!(parse_with(&json!({"stop": "a"})).unwrap().stop, ["a"]);
        assert_eq!(
            parse_with(&json!({"stop": ["a", "b"]})).unwrap().stop,
            ["a", "b"]
        );
    }

    #[test]
    fn null_counts_as_absent() {
        let request =
            parse_with(&json!({"stop": null, "max_tokens": null, "stream": null})).unwrap();
        assert_eq!(request, parse_with(&json!({})).unwrap());
    }

    #[test]
    fn both_names_of_the_limit_are_understood() {
        assert_eq!(
            parse_with(&json!({"max_tokens": 3})).unwrap().limit,
            Some(3)
        );
        assert_eq!(
            parse_with(&json!({"max_completion_tokens": 3}))
                .unwrap()
                .limit,
            Some(3)
        );
    }

    #[test]
    fn what_a_real_server_refuses_is_refused() {
        for extra in [
            json!({"messages": null}),
            json!({"stop": 1}),
            json!({"stop": ["a", 1]}),
            json!({"stop": ["a", "b", "c", "d", "e"]}),
            json!({"stop": ""}),
            json!({"max_tokens": 10.0}),
            json!({"max_tokens": "10"}),
            json!({"max_tokens": 0}),
            json!({"max_tokens": -1}),
            json!({"max_tokens": 1, "max_completion_tokens": 1}),
            json!({"n": 2}),
            json!({"temperature": 2.5}),
            json!({"temperature": "warm"}),
            json!({"top_p": -0.1}),
            json!({"stream": "true"}),
            json!({"stream_options": {"include_usage": true}}),
            json!({"stream": true, "stream_options": []}),
            json!({"stream": true, "stream_options": {"include_usage": 1}}),
            json!({"enable_thinking": "yes"}),
            json!({"thinking": true}),
            json!({"thinking_budget": 0}),
            json!({"reasoning_effort": 3}),
            json!({"chat_template_kwargs": []}),
            json!({"parallel_tool_calls": 1}),
        ] {
            assert!(parse_with(&extra).is_err(), "{extra} was taken");
        }
    }

    #[test]
    fn every_providers_switch_of_thinking_is_understood() {
        for (extra, thinking) in [
            (json!({}), None),
            (json!({"enable_thinking": true}), Some(true)),
            (json!({"thinking": {"type": "enabled"}}), Some(true)),
            (json!({"thinking": {"type": "disabled"}}), Some(false)),
            (json!({"reasoning_effort": "low"}), Some(true)),
            (json!({"reasoning_effort": "none"}), Some(false)),
            (
                json!({"chat_template_kwargs": {"enable_thinking": false}}),
                Some(false),
            ),
        ] {
            assert_eq!(parse_with(&extra).unwrap().thinking, thinking, "{extra}");
        }
    }
}
