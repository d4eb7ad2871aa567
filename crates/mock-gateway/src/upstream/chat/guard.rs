//! Higress ai-security-guard in front of a model: the gateway itself responds
//! to a denied request, with status 200 and a text that reports it.

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::request::{ChatRequest, Delivery};
use crate::response::{MockResponse, Origin};
use crate::upstream::environment::Environment;

const DENIAL: &str = "很抱歉，我无法回答您的问题";

/// The denied words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard(Vec<String>);

impl Guard {
    /// Adds a denied word.
    pub(crate) fn refuse(&mut self, word: &str) {
        self.0.push(word.to_lowercase());
    }

    /// The gateway's response, if the last message contains a denied word.
    pub(crate) fn denial(
        &self,
        request: &ChatRequest,
        environment: &mut Environment<'_>,
    ) -> Option<MockResponse> {
        let last = request.conversation.user_messages().next_back()?;
        let last = last.to_lowercase();
        self.0.iter().find(|word| last.contains(word.as_str()))?;
        let identifier = format!("chatcmpl-{}", &environment.identifier()[..29]);
        let response = match request.delivery {
            Delivery::Document(_) => document(&identifier),
            Delivery::Stream(_) => stream(&identifier),
            // `protocol: original`: the verdict alone.
            Delivery::NativeStream(..) => {
                MockResponse::document(StatusCode::OK, "application/json", verdict())
            }
        };
        Some(response.made_by(Origin::Gateway))
    }
}

/// The text in place of the model's response.
fn verdict() -> String {
    let blocked = json!([{"type": "contentModeration", "level": "high"}]);
    json!({"code": 200, "denyMessage": DENIAL, "blockedDetails": blocked}).to_string()
}

fn nothing_used() -> Value {
    json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})
}

fn document(identifier: &str) -> MockResponse {
    let message = json!({"role": "assistant", "content": verdict()});
    let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"});
    let body = json!({
        "id": identifier,
        "object": "chat.completion",
        "model": "from-security-guard",
        "choices": [choice],
        "usage": nothing_used(),
    });
    MockResponse::document(StatusCode::OK, "application/json", body.to_string())
}

/// Two events, and a third without a line end.
fn stream(identifier: &str) -> MockResponse {
    let chunk = |delta: Value, reason: Value| {
        json!({
            "id": identifier,
            "object": "chat.completion.chunk",
            "model": "from-security-guard",
            "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason}],
        })
    };
    let said = chunk(
        json!({"role": "assistant", "content": verdict()}),
        Value::Null,
    );
    let mut end = chunk(json!({}), "stop".into());
    end["usage"] = nothing_used();
    let content_type = HeaderValue::from_static("text/event-stream;charset=UTF-8");
    MockResponse::new(StatusCode::OK)
        .header(header::CONTENT_TYPE, content_type)
        .bytes(format!("data:{said}\n\n"))
        .bytes(format!("data:{end}\n\n"))
        .bytes("data: [DONE]")
}
