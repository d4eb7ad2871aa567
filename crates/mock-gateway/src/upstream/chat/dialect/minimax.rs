//! MiniMax Pro as the gateway translates it: `message` in place of `delta`,
//! usage in every chunk, no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{chunk, completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::chat::request::{Content, Delivery};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct MiniMax;

impl WireFormat for MiniMax {
    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let message = message(response, "reasoning_content");
        completion(response, &message, response.finish.as_str())
    }

    fn events(&self, response: &ChatResponse, _: Delivery) -> Vec<Bytes> {
        let mut chunks: Vec<Value> = (1_u64..)
            .zip(response.pieces())
            .map(|(sent, piece)| {
                let choice = json!({"index": 0, "message": part(piece)});
                let mut chunk = chunk(response, &json!([choice]));
                chunk["usage"] = usage(response.usage.after(sent));
                chunk
            })
            .collect();
        let nothing = json!({"role": "assistant", "content": ""});
        let reason = response.finish.as_str();
        let end = json!({"index": 0, "message": nothing, "finish_reason": reason});
        let mut last = chunk(response, &json!([end]));
        last["usage"] = usage(response.usage);
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
