//! Claude as the gateway translates it: reasoning, text and each call are
//! content blocks, whose numbers become the indexes of choices and tool calls.
//! There is no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{chunk, completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::chat::request::{Content, Delivery};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct Claude;

impl WireFormat for Claude {
    /// A whole response has another field for reasoning than a stream.
    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let message = message(response, "reasoning_content");
        completion(response, &message, response.finish.as_str())
    }

    fn events(&self, response: &ChatResponse, _: Delivery) -> Vec<Bytes> {
        let role = json!({"role": "assistant", "content": ""});
        let mut chunks = vec![choice(response, 0, &role, None)];
        chunks.extend(response.pieces().map(|piece| {
            let block = block(response, piece);
            choice(response, block, &delta(block, piece), None)
        }));
        chunks.push(choice(
            response,
            0,
            &json!({}),
            Some(response.finish.as_str()),
        ));
        let mut last = chunk(response, &json!([]));
        last["usage"] = usage(response.usage);
        chunks.push(last);
        events(&chunks)
    }
}

/// The number of the content block that a piece belongs to.
fn block(response: &ChatResponse, piece: Piece<'_>) -> usize {
    let reasoning = usize::from(!response.reasoning.is_empty());
    let text = usize::from(!response.content.is_empty());
    match piece {
        Piece::Reasoning(_) => 0,
        Piece::Text(_) => reasoning,
        Piece::CallBegins(place, _) | Piece::Arguments(place, _, _) => reasoning + text + place,
    }
}

fn choice(response: &ChatResponse, index: usize, delta: &Value, reason: Option<&str>) -> Value {
    let mut choice = json!({"index": index, "delta": delta});
    if let Some(reason) = reason {
        choice["finish_reason"] = reason.into();
    }
    chunk(response, &json!([choice]))
}

fn delta(block: usize, piece: Piece<'_>) -> Value {
    match piece {
        Piece::Reasoning(text) => json!({"reasoning": text}),
        Piece::Text(text) => json!({"content": text}),
        Piece::CallBegins(_, call) => json!({"tool_calls": [{
            "index": block,
            "id": call.id.replace("call_", "toolu_"),
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }]}),
        Piece::Arguments(_, _, fragment) => json!({"tool_calls": [{
            "index": block,
            "type": "",
            "function": {"name": "", "arguments": fragment},
        }]}),
    }
}
