//! `OpenAI` itself. Its models do not show their thoughts.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{DONE, Dialect, chunk, completion, events, message, usage};
use crate::persona::chat::reply::{Piece, Reply};
use crate::persona::chat::request::{Content, Delivery, UsageReport};

pub(crate) struct OpenAi;

impl Dialect for OpenAi {
    fn thinks(&self, _: Option<bool>) -> bool {
        false
    }

    fn document(&self, reply: &Reply, _: Content) -> Value {
        let mut message = message(reply, "reasoning");
        message["refusal"] = Value::Null;
        let mut document = completion(reply, &message, reply.finish.as_str());
        document["choices"][0]["logprobs"] = Value::Null;
        document
    }

    /// The role, each token, the reason for the end, the usage if wanted, and
    /// the mark of the end.
    fn events(&self, reply: &Reply, delivery: Delivery) -> Vec<Bytes> {
        let role = match reply.text() {
            Some(_) => json!({"role": "assistant", "content": ""}),
            None => json!({"role": "assistant", "content": null}),
        };
        let mut chunks = vec![choice(reply, &role, None)];
        chunks.extend(
            reply
                .pieces()
                .map(|piece| choice(reply, &delta(piece), None)),
        );
        chunks.push(choice(reply, &json!({}), Some(reply.finish.as_str())));
        if delivery == Delivery::Stream(UsageReport::LastEvent) {
            for chunk in &mut chunks {
                // Not known yet.
                chunk["usage"] = Value::Null;
            }
            let mut last = chunk(reply, &json!([]));
            last["usage"] = usage(reply.usage);
            chunks.push(last);
        }
        let mut events = events(&chunks);
        events.push(DONE);
        events
    }
}

fn choice(reply: &Reply, delta: &Value, reason: Option<&str>) -> Value {
    let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
    chunk(reply, &json!([choice]))
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
