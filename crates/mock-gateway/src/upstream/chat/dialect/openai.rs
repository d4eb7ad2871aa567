//! `OpenAI` itself. Its models do not return their reasoning.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{DONE, chunk, completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::chat::request::{Content, Delivery, UsageReport};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct OpenAi;

impl WireFormat for OpenAi {
    fn thinks(&self, _: Option<bool>) -> bool {
        false
    }

    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let mut message = message(response, "reasoning");
        message["refusal"] = Value::Null;
        let mut document = completion(response, &message, response.finish.as_str());
        document["choices"][0]["logprobs"] = Value::Null;
        document
    }

    /// The role, each token, the finish reason, the usage if requested, and
    /// `[DONE]`.
    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes> {
        let role = match response.text() {
            Some(_) => json!({"role": "assistant", "content": ""}),
            None => json!({"role": "assistant", "content": null}),
        };
        let mut chunks = vec![choice(response, &role, None)];
        chunks.extend(
            response
                .pieces()
                .map(|piece| choice(response, &delta(piece), None)),
        );
        chunks.push(choice(response, &json!({}), Some(response.finish.as_str())));
        if delivery == Delivery::Stream(UsageReport::LastEvent) {
            for chunk in &mut chunks {
                // Not known yet.
                chunk["usage"] = Value::Null;
            }
            let mut last = chunk(response, &json!([]));
            last["usage"] = usage(response.usage);
            chunks.push(last);
        }
        let mut events = events(&chunks);
        events.push(DONE);
        events
    }
}

fn choice(response: &ChatResponse, delta: &Value, reason: Option<&str>) -> Value {
    let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
    chunk(response, &json!([choice]))
}

fn delta(piece: Piece<'_>) -> Value {
    match piece {
        Piece::Reasoning(text) => json!({"reasoning": text}),
        Piece::Text(text) => json!({"content": text}),
        Piece::CallBegins(index, call) => json!({"tool_calls": [{
            "index": index,
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }]}),
        Piece::Arguments(index, _, fragment) => json!({"tool_calls": [{
            "index": index,
            "function": {"arguments": fragment},
        }]}),
    }
}
