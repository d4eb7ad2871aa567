//! Spark as the gateway translates it: every chunk calls itself a completion
//! and has the usage so far; there is no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Dialect, completion, events, message, usage};
use crate::persona::chat::reply::{Piece, Reply};
use crate::persona::chat::request::{Content, Delivery};

pub(crate) struct Spark;

impl Dialect for Spark {
    fn document(&self, reply: &Reply, _: Content) -> Value {
        let message = message(reply, "reasoning_content");
        completion(reply, &message, reply.finish.as_str())
    }

    fn events(&self, reply: &Reply, _: Delivery) -> Vec<Bytes> {
        let mut chunks: Vec<Value> = (1_u64..)
            .zip(reply.pieces())
            .map(|(sent, piece)| chunk(reply, sent, &delta(piece), None))
            .collect();
        let reason = Some(reply.finish.as_str());
        chunks.push(chunk(reply, u64::MAX, &json!({"content": ""}), reason));
        events(&chunks)
    }
}

fn chunk(reply: &Reply, sent: u64, delta: &Value, reason: Option<&str>) -> Value {
    let mut choice = json!({"index": 0, "delta": delta});
    if let Some(reason) = reason {
        choice["finish_reason"] = reason.into();
    }
    json!({
        "id": format!("cha{}", reply.identifier),
        "object": "chat.completion",
        "created": reply.created,
        "model": reply.model,
        "choices": [choice],
        "usage": usage(reply.usage.after(sent)),
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
