//! Qwen in DashScope's own format: `input` and `parameters`, frames with `id:`,
//! `event:` and a status in a comment, `finish_reason` `"null"` until the end,
//! usage in every event.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::openai_form::tool_calls;
use super::qwen::check_ranges;
use super::wire_format::WireFormat;
use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::{ApiError, ErrorShape};
use crate::upstream::chat::request::{ChatRequest, Content, Delivery, Growth};
use crate::upstream::chat::response::{ChatResponse, Piece, Usage};
use crate::upstream::chat::tools::Call;
use crate::upstream::field::{flag, object, present};

const TEXT: &str = "/api/v1/services/aigc/text-generation/generation";
const MULTIMODAL: &str = "/api/v1/services/aigc/multimodal-generation/generation";

pub(crate) struct DashScope;

impl WireFormat for DashScope {
    fn paths(&self) -> &'static [&'static str] {
        &[TEXT, MULTIMODAL]
    }

    fn errors(&self) -> ErrorShape {
        ErrorShape::DashScope
    }

    fn read(
        &self,
        fields: &Map<String, Value>,
        request: &ReceivedRequest,
    ) -> Result<ChatRequest, ApiError> {
        let input = object(fields, "input")?.ok_or_else(|| ApiError::missing("input"))?;
        let mut parameters = object(fields, "parameters")?.cloned().unwrap_or_default();
        let growth = if flag(&parameters, "incremental_output")? {
            Growth::Increment
        } else {
            Growth::WholeSoFar
        };
        parameters.insert("messages".to_owned(), messages(input)?);
        check_ranges(&parameters)?;
        let read = ChatRequest::read(&parameters)?;
        let content = if request.path.ends_with(MULTIMODAL) {
            Content::Parts
        } else {
            Content::Text
        };
        let streams = request.headers.get("x-dashscope-sse");
        let delivery = match streams {
            Some(value) if value == "enable" => Delivery::NativeStream(content, growth),
            Some(_) | None => Delivery::Document(content),
        };
        Ok(ChatRequest { delivery, ..read })
    }

    fn document(&self, response: &ChatResponse, content: Content) -> Value {
        let output = Output {
            reasoning: response.reasoning.concat(),
            text: response.content.concat(),
            calls: response.calls.clone(),
        };
        body(
            response,
            &output,
            content,
            response.finish.as_str(),
            response.usage,
        )
    }

    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes> {
        let (content, growth) = match delivery {
            Delivery::NativeStream(content, growth) => (content, growth),
            Delivery::Document(content) => (content, Growth::WholeSoFar),
            Delivery::Stream(_) => (Content::Text, Growth::WholeSoFar),
        };
        let mut output = Output::default();
        let mut events = Vec::new();
        for (sent, piece) in (1_u64..).zip(response.pieces()) {
            if growth == Growth::Increment {
                output = Output::default();
            }
            output.add(piece);
            let usage = response.usage.after(sent);
            events.push(frame(
                sent,
                &body(response, &output, content, "null", usage),
            ));
        }
        if growth == Growth::Increment {
            output = Output::default();
        }
        let last = body(
            response,
            &output,
            content,
            response.finish.as_str(),
            response.usage,
        );
        let number = u64::try_from(events.len()).unwrap_or(u64::MAX);
        events.push(frame(number.saturating_add(1), &last));
        events
    }
}

/// The messages, in `OpenAI`'s form: parts name their type.
fn messages(input: &Map<String, Value>) -> Result<Value, ApiError> {
    if let Some(Value::String(prompt)) = present(input, "prompt") {
        return Ok(json!([{"role": "user", "content": prompt}]));
    }
    let mut messages = present(input, "messages")
        .ok_or_else(|| ApiError::missing("input.messages"))?
        .clone();
    let parts = messages
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(|message| message.get_mut("content")?.as_array_mut())
        .flatten();
    for part in parts {
        *part = typed(part);
    }
    Ok(messages)
}

fn typed(part: &Value) -> Value {
    match part.get("text") {
        Some(text) => json!({"type": "text", "text": text}),
        None if part.get("image").is_some() => json!({"type": "image_url", "image_url": {}}),
        None if part.get("video").is_some() => json!({"type": "video_url", "video_url": {}}),
        None if part.get("audio").is_some() => json!({"type": "input_audio", "input_audio": {}}),
        None => part.clone(),
    }
}

/// The output in one event.
#[derive(Default)]
struct Output {
    reasoning: String,
    text: String,
    calls: Vec<Call>,
}

impl Output {
    fn add(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Reasoning(token) => self.reasoning.push_str(token),
            Piece::Text(token) => self.text.push_str(token),
            Piece::CallBegins(_, call) => self.calls.push(Call {
                arguments: String::new(),
                ..call.clone()
            }),
            Piece::Arguments(_, _, fragment) => match self.calls.last_mut() {
                Some(last) => last.arguments.push_str(fragment),
                // An increment no longer names the call.
                None => self.calls.push(Call {
                    id: String::new(),
                    name: String::new(),
                    arguments: fragment.to_owned(),
                }),
            },
        }
    }
}

fn body(
    response: &ChatResponse,
    output: &Output,
    content: Content,
    reason: &str,
    usage: Usage,
) -> Value {
    let content = match content {
        Content::Text => Value::from(output.text.as_str()),
        Content::Parts if output.text.is_empty() => json!([]),
        Content::Parts => json!([{"text": output.text}]),
    };
    let mut message = json!({
        "role": "assistant",
        "content": content,
        "reasoning_content": output.reasoning,
    });
    if !output.calls.is_empty() {
        message["tool_calls"] = tool_calls(&output.calls);
    }
    json!({
        "output": {"choices": [{"finish_reason": reason, "message": message}]},
        "usage": {
            "input_tokens": usage.prompt,
            "output_tokens": usage.completion,
            "total_tokens": usage.total(),
        },
        "request_id": response.identifier,
    })
}

fn frame(number: u64, data: &Value) -> Bytes {
    Bytes::from(format!(
        "id:{number}\nevent:result\n:HTTP_STATUS/200\ndata:{data}\n\n"
    ))
}
