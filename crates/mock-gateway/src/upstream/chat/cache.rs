//! Higress ai-cache in front of a model. Its key is the last message alone, so
//! that the same words in another conversation get the same response.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::request::{ChatRequest, Delivery};
use super::response::ChatResponse;
use crate::received_request::ReceivedRequest;
use crate::response::{Framing, MockResponse, Origin};

/// Cached responses, by last message.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<BTreeMap<String, String>>);

impl Cache {
    /// Whether a request allows the cache.
    pub(crate) fn is_wanted(request: &ReceivedRequest) -> bool {
        let skip = request.headers.get("x-higress-skip-ai-cache");
        skip.is_none_or(|value| value != "on")
    }

    /// The gateway's response, if one is cached.
    pub(crate) fn hit(&self, request: &ChatRequest) -> Option<MockResponse> {
        let key = key(request)?;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = known.get(key)?;
        let response = match request.delivery {
            Delivery::Document(_) => document(text),
            Delivery::Stream(_) => stream(text),
            // Only `OpenAI`'s form is cached.
            Delivery::NativeStream(..) => return None,
        };
        Some(response.made_by(Origin::Gateway))
    }

    /// Caches a text; tool calls are not cached.
    pub(crate) fn keep(&self, request: &ChatRequest, response: &ChatResponse) {
        if let (Some(key), true) = (key(request), response.calls.is_empty()) {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(key.to_owned(), response.content.concat());
        }
    }
}

fn key(request: &ChatRequest) -> Option<&str> {
    let last = request.conversation.turns.last()?;
    Some(last.text.as_str())
}

fn completion(holder: &str, text: &str) -> Value {
    let said = json!({"role": "assistant", "content": text});
    json!({
        "id": "from-cache",
        "choices": [{"index": 0, holder: said, "finish_reason": "stop"}],
        "model": "from-cache",
        "object": "chat.completion",
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    })
}

fn document(text: &str) -> MockResponse {
    let body = completion("message", text).to_string();
    let response = typed("application/json; charset=utf-8").bytes(body);
    MockResponse {
        framing: Framing::Length,
        ..response
    }
}

fn stream(text: &str) -> MockResponse {
    typed("text/event-stream; charset=utf-8").bytes(format!(
        "data:{}\n\ndata:[DONE]\n\n",
        completion("delta", text)
    ))
}

fn typed(content_type: &'static str) -> MockResponse {
    MockResponse::new(StatusCode::OK)
        .header(header::CONTENT_TYPE, HeaderValue::from_static(content_type))
}
