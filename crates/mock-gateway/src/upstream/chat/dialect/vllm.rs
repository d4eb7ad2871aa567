//! vLLM: unset fields are left out, and it reasons by default.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{DONE, chunk, completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::api_error::ErrorShape;
use crate::upstream::chat::request::{Content, Delivery, UsageReport};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct Vllm;

impl WireFormat for Vllm {
    fn errors(&self) -> ErrorShape {
        ErrorShape::Vllm
    }

    fn thinks(&self, requested: Option<bool>) -> bool {
        requested != Some(false)
    }

    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let mut document = completion(
            response,
            &message(response, "reasoning"),
            response.finish.as_str(),
        );
        document["choices"][0]["stop_reason"] = Value::Null;
        document["usage"]["prompt_tokens_details"] = Value::Null;
        document["prompt_logprobs"] = Value::Null;
        document
    }

    /// The last token comes with the finish reason.
    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes> {
        let role = json!({"role": "assistant", "content": ""});
        let mut chunks = vec![choice(response, &role)];
        chunks.extend(
            response
                .pieces()
                .map(|piece| choice(response, &delta(piece))),
        );
        if let Some(last) = chunks.last_mut() {
            last["choices"][0]["finish_reason"] = response.finish.as_str().into();
        }
        if delivery == Delivery::Stream(UsageReport::LastEvent) {
            let mut last = chunk(response, &json!([]));
            last["usage"] = usage(response.usage);
            chunks.push(last);
        }
        let mut events = events(&chunks);
        events.push(DONE);
        events
    }
}

fn choice(response: &ChatResponse, delta: &Value) -> Value {
    chunk(response, &json!([{"index": 0, "delta": delta}]))
}

/// Every part of a call repeats the tool's name.
fn delta(piece: Piece<'_>) -> Value {
    match piece {
        Piece::Reasoning(text) => json!({"reasoning": text}),
        Piece::Text(text) => json!({"content": text}),
        Piece::CallBegins(index, call) => json!({"tool_calls": [{
            "index": index,
            "id": call.id.replace("call_", "chatcmpl-tool-"),
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }]}),
        Piece::Arguments(index, call, fragment) => json!({"tool_calls": [{
            "index": index,
            "function": {"name": call.name, "arguments": fragment},
        }]}),
    }
}
