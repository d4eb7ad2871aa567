//! Spark as the gateway translates it: every chunk has the type of a completion
//! and the usage so far; there is no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::chat::request::{Content, Delivery};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct Spark;

impl WireFormat for Spark {
    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let message = message(response, "reasoning_content");
        completion(response, &message, response.finish.as_str())
    }

    fn events(&self, response: &ChatResponse, _: Delivery) -> Vec<Bytes> {
        let mut chunks: Vec<Value> = (1_u64..)
            .zip(response.pieces())
            .map(|(sent, piece)| chunk(response, sent, &delta(piece), None))
            .collect();
        let reason = Some(response.finish.as_str());
        chunks.push(chunk(response, u64::MAX, &json!({"content": ""}), reason));
        events(&chunks)
    }
}

fn chunk(response: &ChatResponse, sent: u64, delta: &Value, reason: Option<&str>) -> Value {
    let mut choice = json!({"index": 0, "delta": delta});
    if let Some(reason) = reason {
        choice["finish_reason"] = reason.into();
    }
    json!({
        "id": format!("cha{}", response.identifier),
        "object": "chat.completion",
        "created": response.created,
        "model": response.model,
        "choices": [choice],
        "usage": usage(response.usage.after(sent)),
    })
}

fn delta(piece: Piece<'_>) -> Value {
    match piece {
        Piece::Reasoning(text) => json!({"reasoning_content": text}),
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
