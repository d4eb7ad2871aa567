//! Gemini as the gateway translates it: tool calls are whole, each with index
//! 0; finish reasons are the vendor's in lower case; every chunk has the usage
//! so far; there is no `[DONE]`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::openai_form::{chunk, completion, events, message, usage};
use super::wire_format::WireFormat;
use crate::upstream::chat::finish::Finish;
use crate::upstream::chat::request::{Content, Delivery};
use crate::upstream::chat::response::{ChatResponse, Piece};

pub(crate) struct Gemini;

impl WireFormat for Gemini {
    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let message = message(response, "reasoning_content");
        completion(response, &message, reason(response.finish))
    }

    fn events(&self, response: &ChatResponse, _: Delivery) -> Vec<Bytes> {
        let deltas = response.pieces().filter_map(delta);
        let mut chunks: Vec<Value> = (1_u64..)
            .zip(deltas)
            .map(|(sent, delta)| {
                let choice = json!({"index": 0, "delta": delta});
                let mut chunk = chunk(response, &json!([choice]));
                chunk["usage"] = usage(response.usage.after(sent));
                chunk
            })
            .collect();
        let end = json!({"index": 0, "delta": null, "finish_reason": reason(response.finish)});
        let mut last = chunk(response, &json!([end]));
        last["usage"] = usage(response.usage);
        chunks.push(last);
        events(&chunks)
    }
}

/// Calling tools is a normal end.
const fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::ToolCalls | Finish::NamedTool => "stop",
        Finish::Length => "max_tokens",
    }
}

fn delta(piece: Piece<'_>) -> Option<Value> {
    match piece {
        Piece::Reasoning(text) => Some(json!({"reasoning_content": text})),
        Piece::Text(text) => Some(json!({"role": "assistant", "content": text})),
        Piece::CallBegins(_, call) => Some(json!({"role": "assistant", "tool_calls": [{
            "index": 0,
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }]})),
        Piece::Arguments(..) => None,
    }
}
