//! The parts of a response in `OpenAI`'s form, which most providers share:
//! documents, chunks, messages, calls and usage.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::upstream::chat::response::{ChatResponse, Usage};
use crate::upstream::chat::tools::Call;

/// The event that ends a stream.
pub(super) const DONE: Bytes = Bytes::from_static(b"data: [DONE]\n\n");

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}

/// Each chunk as an event.
pub(super) fn events(chunks: &[Value]) -> Vec<Bytes> {
    chunks.iter().map(event).collect()
}

/// A chunk in `OpenAI`'s form.
pub(super) fn chunk(response: &ChatResponse, choices: &Value) -> Value {
    json!({
        "id": format!("chatcmpl-{}", response.identifier),
        "object": "chat.completion.chunk",
        "created": response.created,
        "model": response.model,
        "choices": choices,
    })
}

/// A document in `OpenAI`'s form.
pub(super) fn completion(response: &ChatResponse, message: &Value, reason: &str) -> Value {
    json!({
        "id": format!("chatcmpl-{}", response.identifier),
        "object": "chat.completion",
        "created": response.created,
        "model": response.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": usage(response.usage),
    })
}

/// The usage, in tokens.
pub(super) fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total(),
    })
}

/// The usage with the tokens of the reasoning.
pub(super) fn detailed_usage(counted: Usage) -> Value {
    let mut usage = usage(counted);
    usage["completion_tokens_details"] = json!({"reasoning_tokens": counted.reasoning});
    usage
}

/// The calls of a document.
pub(super) fn tool_calls(calls: &[Call]) -> Value {
    calls
        .iter()
        .map(|call| {
            json!({
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            })
        })
        .collect()
}

/// A message with text, and with reasoning and calls if there are any.
pub(super) fn message(response: &ChatResponse, reasoning_field: &str) -> Value {
    let mut message = json!({"role": "assistant", "content": response.text()});
    if let Some(reasoning) = response.reasoning_text() {
        message[reasoning_field] = reasoning.into();
    }
    if !response.calls.is_empty() {
        message["tool_calls"] = tool_calls(&response.calls);
    }
    message
}
