//! Writing an answer: whole, or event by event.

use crate::json::record::{Record, list, single};
use crate::json::response::{write_info, write_usage};
use provider_host::contract::text_generation::{
    Event, FinishReason, Generation, ToolCall, ToolCallFragment,
};
use provider_host::response::Response;
use serde_json::Value;

/// The JSON of an event: an object of one field, named after the event.
#[must_use]
pub fn write_event(event: &Event) -> Value {
    match event {
        Event::Text(text) => single("text", text.as_str()),
        Event::Reasoning(text) => single("reasoning", text.as_str()),
        Event::Refusal(text) => single("refusal", text.as_str()),
        Event::ToolCall(fragment) => single("tool_call", write_fragment(fragment)),
        Event::CompletedToolCall(call) => single("completed_tool_call", write_tool_call(call)),
        Event::Usage(usage) => single("usage", write_usage(usage)),
        Event::Finish(reason) => single("finish", finish_reason(reason)),
    }
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
    Record::new()
        .field("text", text.as_str())
        .optional("reasoning", reasoning.as_deref())
        .optional("refusal", refusal.as_deref())
        .field("tool_calls", list(tool_calls, write_tool_call))
        .field("finish_reason", finish_reason(reason))
        .optional("usage", usage.as_ref().map(write_usage))
        .field("info", write_info(&response.metadata))
        .into()
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

fn write_fragment(fragment: &ToolCallFragment) -> Value {
    let ToolCallFragment {
        index,
        id,
        name,
        arguments,
    } = fragment;
    Record::new()
        .field("index", *index)
        .optional("id", id.as_deref())
        .optional("name", name.as_deref())
        .field("arguments", arguments.as_str())
        .into()
}

fn write_tool_call(call: &ToolCall) -> Value {
    let ToolCall {
        id,
        name,
        arguments,
        arguments_valid,
    } = call;
    Record::new()
        .field("id", id.as_str())
        .field("name", name.as_str())
        .field("arguments", arguments.as_str())
        .field("arguments_valid", *arguments_valid)
        .into()
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
        assert_eq!(
            write_generation(&Response {
                content,
                metadata: info
            }),
            expected
        );
    }
}
