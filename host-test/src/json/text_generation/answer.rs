//! Writing an answer: as a whole, or event by event.

use crate::json::response::{InfoDocument, UsageDocument};
use crate::json::write::to_value;
use provider_host::contract::text_generation::{
    Event, FinishReason, Generation, ToolCall, ToolCallFragment,
};
use provider_host::response::Response;
use serde::Serialize;
use serde_json::Value;

/// The JSON of an event: an object of one field, named after the event.
#[must_use]
pub fn write_event(event: &Event) -> Value {
    to_value(&EventDocument::from(event))
}

/// The JSON of a whole answer.
#[must_use]
pub fn write_generation(response: &Response<Generation>) -> Value {
    let Generation {
        text,
        reasoning,
        refusal,
        tool_calls,
        finish_reason: reason,
        usage,
    } = &response.content;
    to_value(&GenerationDocument {
        text,
        reasoning: reasoning.as_deref(),
        refusal: refusal.as_deref(),
        tool_calls: tool_calls.iter().map(ToolCallDocument::from).collect(),
        finish_reason: finish_reason(reason),
        usage: usage.as_ref().map(UsageDocument::from),
        info: InfoDocument::from(&response.info),
    })
}

/// The word for why a model stopped; another reason is in the backend's own
/// words.
#[must_use]
pub fn finish_reason(reason: &FinishReason) -> &str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool-calls",
        FinishReason::ContentFilter => "content-filter",
        FinishReason::Other(reason) => reason,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EventDocument<'a> {
    Text(&'a str),
    Reasoning(&'a str),
    Refusal(&'a str),
    ToolCall(FragmentDocument<'a>),
    CompletedToolCall(ToolCallDocument<'a>),
    Usage(UsageDocument),
    Finish(&'a str),
}

impl<'a> From<&'a Event> for EventDocument<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::Text(text) => Self::Text(text),
            Event::Reasoning(text) => Self::Reasoning(text),
            Event::Refusal(text) => Self::Refusal(text),
            Event::ToolCall(fragment) => Self::ToolCall(fragment.into()),
            Event::CompletedToolCall(call) => Self::CompletedToolCall(call.into()),
            Event::Usage(usage) => Self::Usage(usage.into()),
            Event::Finish(reason) => Self::Finish(finish_reason(reason)),
        }
    }
}

#[derive(Serialize)]
struct GenerationDocument<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    tool_calls: Vec<ToolCallDocument<'a>>,
    finish_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageDocument>,
    info: InfoDocument<'a>,
}

#[derive(Serialize)]
struct FragmentDocument<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl<'a> From<&'a ToolCallFragment> for FragmentDocument<'a> {
    fn from(fragment: &'a ToolCallFragment) -> Self {
        let ToolCallFragment {
            index,
            id,
            name,
            arguments,
        } = fragment;
        Self {
            index: *index,
            id: id.as_deref(),
            name: name.as_deref(),
            arguments,
        }
    }
}

#[derive(Serialize)]
struct ToolCallDocument<'a> {
    id: &'a str,
    name: &'a str,
    arguments: &'a str,
    arguments_valid: bool,
}

impl<'a> From<&'a ToolCall> for ToolCallDocument<'a> {
    fn from(call: &'a ToolCall) -> Self {
        let ToolCall {
            id,
            name,
            arguments,
            arguments_valid,
        } = call;
        Self {
            id,
            name,
            arguments,
            arguments_valid: *arguments_valid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{write_event, write_generation};
    use provider_host::contract::text_generation::{
        Event, FinishReason, Generation, ToolCall, ToolCallFragment,
    };
    use provider_host::contract::types::{ResponseMetadata, Usage};
    use provider_host::response::Response;
    use serde_json::json;

    fn call() -> ToolCall {
        ToolCall {
            id: "call-1".to_owned(),
            name: "t".to_owned(),
            arguments: "{}".to_owned(),
            arguments_valid: true,
        }
    }

    fn usage() -> Usage {
        Usage {
            input_tokens: Some(1),
            output_tokens: None,
            total_tokens: None,
            cached_input_tokens: None,
            reasoning_tokens: None,
        }
    }

    #[test]
    fn an_event_is_an_object_of_one_field() {
        let fragment = ToolCallFragment {
            index: 0,
            id: Some("call-1".to_owned()),
            name: None,
            arguments: "{".to_owned(),
        };
        let table = [
            (Event::Text("a".to_owned()), json!({"text": "a"})),
            (Event::Reasoning("a".to_owned()), json!({"reasoning": "a"})),
            (Event::Refusal("a".to_owned()), json!({"refusal": "a"})),
            (
                Event::ToolCall(fragment),
                json!({"tool_call": {"index": 0, "id": "call-1", "arguments": "{"}}),
            ),
            (
                Event::CompletedToolCall(call()),
                json!({"completed_tool_call": {
                    "id": "call-1", "name": "t", "arguments": "{}", "arguments_valid": true
                }}),
            ),
            (Event::Usage(usage()), json!({"usage": {"input_tokens": 1}})),
            (
                Event::Finish(FinishReason::ToolCalls),
                json!({"finish": "tool-calls"}),
            ),
            (
                Event::Finish(FinishReason::Other("eos".to_owned())),
                json!({"finish": "eos"}),
            ),
        ];
        for (event, expected) in table {
            assert_eq!(write_event(&event), expected);
        }
    }

    #[test]
    fn a_whole_answer_keeps_the_contracts_names() {
        let content = Generation {
            text: "a".to_owned(),
            reasoning: None,
            refusal: None,
            tool_calls: vec![call()],
            finish_reason: FinishReason::Stop,
            usage: Some(usage()),
        };
        let info = ResponseMetadata {
            model: None,
            request_id: None,
            fallback_from: None,
            cached: false,
            guarded: false,
            gateway_ms: None,
            upstream_ms: None,
            first_byte_ms: None,
            total_ms: None,
            rate_limit: None,
        };
        let expected = json!({
            "text": "a",
            "tool_calls": [{"id": "call-1", "name": "t", "arguments": "{}", "arguments_valid": true}],
            "finish_reason": "stop",
            "usage": {"input_tokens": 1},
            "info": {"cached": false, "guarded": false}
        });
        assert_eq!(write_generation(&Response { content, info }), expected);
    }
}
