//! MiniMax Pro as the gateway translates it: `message` in place of `delta`,
//! usage in every chunk, no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Dialect, chunk, completion, events, message, usage};
use crate::persona::chat::reply::{Piece, Reply};
use crate::persona::chat::request::{Content, Delivery};

pub(crate) struct MiniMax;

impl Dialect for MiniMax {
    fn document(&self, reply: &Reply, _: Content) -> Value {
        let message = message(reply, "reasoning_content");
        completion(reply, &message, reply.finish.as_str())
    }

    fn events(&self, reply: &Reply, _: Delivery) -> Vec<Bytes> {
        let mut chunks: Vec<Value> = (1_u64..)
            .zip(reply.pieces())
            .map(|(sent, piece)| {
                let choice = json!({"index": 0, "message": part(piece)});
                let mut chunk = chunk(reply, &json!([choice]));
                chunk["usage"] = usage(reply.usage.after(sent));
                chunk
            })
            .collect();
        let nothing = json!({"role": "assistant", "content": ""});
        let reason = reply.finish.as_str();
        let end = json!({"index": 0, "message": nothing, "finish_reason": reason});
        let mut last = chunk(reply, &json!([end]));
        last["usage"] = usage(reply.usage);
        chunks.push(last);
        events(&chunks)
    }
}

fn part(piece: Piece<'_>) -> Value {
    let mut part = match piece {
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
    };
    part["role"] = "assistant".into();
    part
}
