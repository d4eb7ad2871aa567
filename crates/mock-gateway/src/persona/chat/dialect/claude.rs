//! Claude as the gateway translates it: the thought, the text and each call
//! are content blocks, and their numbers become the indexes of choices and
//! tool calls. There is no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Dialect, chunk, completion, events, message, usage};
use crate::persona::chat::reply::{Piece, Reply};
use crate::persona::chat::request::{Content, Delivery};

pub(crate) struct Claude;

impl Dialect for Claude {
    /// A whole reply names its thought otherwise than a stream.
    fn document(&self, reply: &Reply, _: Content) -> Value {
        let message = message(reply, "reasoning_content");
        completion(reply, &message, reply.finish.as_str())
    }

    fn events(&self, reply: &Reply, _: Delivery) -> Vec<Bytes> {
        let role = json!({"role": "assistant", "content": ""});
        let mut chunks = vec![choice(reply, 0, &role, None)];
        chunks.extend(reply.pieces().map(|piece| {
            let block = block(reply, piece);
            choice(reply, block, &delta(block, piece), None)
        }));
        chunks.push(choice(reply, 0, &json!({}), Some(reply.finish.as_str())));
        let mut last = chunk(reply, &json!([]));
        last["usage"] = usage(reply.usage);
        chunks.push(last);
        events(&chunks)
    }
}

/// The number of the content block that a piece belongs to.
fn block(reply: &Reply, piece: Piece<'_>) -> usize {
    let thought = usize::from(!reply.reasoning.is_empty());
    let text = usize::from(!reply.content.is_empty());
    match piece {
        Piece::Reasoning(_) => 0,
        Piece::Text(_) => thought,
        Piece::CallBegins(place, _) | Piece::Arguments(place, _, _) => thought + text + place,
    }
}

fn choice(reply: &Reply, index: usize, delta: &Value, reason: Option<&str>) -> Value {
    let mut choice = json!({"index": index, "delta": delta});
    if let Some(reason) = reason {
        choice["finish_reason"] = reason.into();
    }
    chunk(reply, &json!([choice]))
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
