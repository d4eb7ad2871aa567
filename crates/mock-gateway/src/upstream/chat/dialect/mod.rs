//! The wire formats of chat providers, as seen through the gateway: one file
//! for each.

mod claude;
mod dashscope;
mod gemini;
mod minimax;
mod openai;
mod qwen;
mod spark;
mod vllm;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::request::{ChatRequest, Content, Delivery};
use super::response::{ChatResponse, Usage};
use super::tools::Call;
use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::{ApiError, ErrorShape};

/// The wire format of a chat model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatDialect {
    /// `OpenAI` itself, strictly.
    #[default]
    OpenAi,
    /// vLLM: unset fields are left out, reasoning is in `reasoning`, the last
    /// token comes with the finish reason.
    Vllm,
    /// Qwen in compatible mode: `enable_thinking`, `reasoning_content`, later
    /// parts of a tool call with an empty identifier and name.
    Qwen,
    /// Qwen in DashScope's own format, `protocol: original`.
    DashScope,
    /// Claude, translated by the gateway: indexes of content blocks, no
    /// `[DONE]`.
    Claude,
    /// Gemini, translated: usage in every chunk, the vendor's own finish
    /// reasons, whole tool calls that all have index 0, no `[DONE]`.
    Gemini,
    /// MiniMax, translated: `message` in place of `delta`.
    MiniMax,
    /// Spark, translated: every chunk has the type of a completion.
    Spark,
}

impl ChatDialect {
    pub(crate) fn format(self) -> &'static dyn Dialect {
        match self {
            Self::OpenAi => &openai::OpenAi,
            Self::Vllm => &vllm::Vllm,
            Self::Qwen => &qwen::Qwen,
            Self::DashScope => &dashscope::DashScope,
            Self::Claude => &claude::Claude,
            Self::Gemini => &gemini::Gemini,
            Self::MiniMax => &minimax::MiniMax,
            Self::Spark => &spark::Spark,
        }
    }
}

/// How a provider reads requests and writes responses.
pub(crate) trait Dialect {
    /// The ends of the paths it serves.
    fn paths(&self) -> &'static [&'static str] {
        &["/v1/chat/completions"]
    }

    /// The shape of its errors.
    fn errors(&self) -> ErrorShape {
        ErrorShape::OpenAi
    }

    /// Whether it reasons, by what a request sets.
    fn thinks(&self, requested: Option<bool>) -> bool {
        requested == Some(true)
    }

    /// Reads the fields of a body.
    fn read(
        &self,
        fields: &Map<String, Value>,
        _: &ReceivedRequest,
    ) -> Result<ChatRequest, ApiError> {
        ChatRequest::read(fields)
    }

    /// A whole response.
    fn document(&self, response: &ChatResponse, content: Content) -> Value;

    /// The events of a streamed response.
    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes>;
}

const DONE: Bytes = Bytes::from_static(b"data: [DONE]\n\n");

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}

fn events(chunks: &[Value]) -> Vec<Bytes> {
    chunks.iter().map(event).collect()
}

/// A chunk in `OpenAI`'s form.
fn chunk(response: &ChatResponse, choices: &Value) -> Value {
    json!({
        "id": format!("chatcmpl-{}", response.identifier),
        "object": "chat.completion.chunk",
        "created": response.created,
        "model": response.model,
        "choices": choices,
    })
}

/// A document in `OpenAI`'s form.
fn completion(response: &ChatResponse, message: &Value, reason: &str) -> Value {
    json!({
        "id": format!("chatcmpl-{}", response.identifier),
        "object": "chat.completion",
        "created": response.created,
        "model": response.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": usage(response.usage),
    })
}

fn usage(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total(),
    })
}

/// The usage with the tokens of the reasoning.
fn detailed_usage(counted: Usage) -> Value {
    let mut usage = usage(counted);
    usage["completion_tokens_details"] = json!({"reasoning_tokens": counted.reasoning});
    usage
}

/// The calls of a document.
fn tool_calls(calls: &[Call]) -> Value {
    calls
        .iter()
        .map(|call| {
            json!({
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            })
        })
        .collect()
}

/// A message with text, and with reasoning and calls if there are any.
fn message(response: &ChatResponse, reasoning_field: &str) -> Value {
    let mut message = json!({"role": "assistant", "content": response.text()});
    if let Some(reasoning) = response.reasoning_text() {
        message[reasoning_field] = reasoning.into();
    }
    if !response.calls.is_empty() {
        message["tool_calls"] = tool_calls(&response.calls);
    }
    message
}
