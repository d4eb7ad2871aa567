//! Qwen in compatible mode: reasoning in `reasoning_content`, `null` for empty
//! fields, and ranges narrower than `OpenAI`'s.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::openai_form::{DONE, chunk, completion, detailed_usage, events, message};
use super::wire_format::WireFormat;
use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::{ApiError, ErrorShape};
use crate::upstream::chat::request::{ChatRequest, Content, Delivery, UsageReport};
use crate::upstream::chat::response::{ChatResponse, Piece};
use crate::upstream::chat::tools::ToolChoice;
use crate::upstream::field::present;

pub(crate) struct Qwen;

impl WireFormat for Qwen {
    fn errors(&self) -> ErrorShape {
        ErrorShape::DashScopeCompatible
    }

    fn read(
        &self,
        fields: &Map<String, Value>,
        _: &ReceivedRequest,
    ) -> Result<ChatRequest, ApiError> {
        check_ranges(fields)?;
        let request = ChatRequest::read(fields)?;
        if request.tool_choice == ToolChoice::Required {
            let message = "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required.";
            return Err(ApiError::field("tool_choice", message));
        }
        Ok(request)
    }

    fn document(&self, response: &ChatResponse, _: Content) -> Value {
        let mut message = message(response, "reasoning_content");
        for (index, _) in response.calls.iter().enumerate() {
            message["tool_calls"][index]["index"] = index.into();
        }
        for absent in ["refusal", "audio", "function_call"] {
            message[absent] = Value::Null;
        }
        let mut document = completion(response, &message, response.finish.as_str());
        document["usage"] = detailed_usage(response.usage);
        document
    }

    fn events(&self, response: &ChatResponse, delivery: Delivery) -> Vec<Bytes> {
        let mut role = delta(Piece::Text(""));
        role["role"] = "assistant".into();
        let mut chunks = vec![choice(response, &role, None)];
        chunks.extend(
            response
                .pieces()
                .map(|piece| choice(response, &delta(piece), None)),
        );
        let end = json!({"content": "", "reasoning_content": null, "role": null});
        chunks.push(choice(response, &end, Some(response.finish.as_str())));
        for chunk in &mut chunks {
            chunk["usage"] = Value::Null;
        }
        if delivery == Delivery::Stream(UsageReport::LastEvent) {
            let mut last = chunk(response, &json!([]));
            last["usage"] = detailed_usage(response.usage);
            chunks.push(last);
        }
        let mut events = events(&chunks);
        events.push(DONE);
        events
    }
}

/// `temperature` below 2, `top_p` above 0.
pub(super) fn check_ranges(fields: &Map<String, Value>) -> Result<(), ApiError> {
    let number = |name: &str| present(fields, name).and_then(Value::as_f64);
    if number("temperature").is_some_and(|value| value >= 2.0) {
        let message =
            "<400> InternalError.Algo.InvalidParameter: Temperature should be in [0.0, 2.0)";
        return Err(ApiError::field("temperature", message));
    }
    if number("top_p").is_some_and(|value| value <= 0.0) {
        let message =
            "<400> InternalError.Algo.InvalidParameter: Range of top_p should be (0.0, 1.0]";
        return Err(ApiError::field("top_p", message));
    }
    Ok(())
}

fn choice(response: &ChatResponse, delta: &Value, reason: Option<&str>) -> Value {
    let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
    chunk(response, &json!([choice]))
}

fn delta(piece: Piece<'_>) -> Value {
    let calling = |call: Value| json!({"content": null, "role": null, "tool_calls": [call]});
    match piece {
        Piece::Reasoning(text) => json!({"content": null, "reasoning_content": text, "role": null}),
        Piece::Text(text) => json!({"content": text, "reasoning_content": null, "role": null}),
        Piece::CallBegins(index, call) => calling(json!({
            "index": index,
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        })),
        Piece::Arguments(index, _, fragment) => calling(json!({
            "index": index,
            "id": "",
            "type": "function",
            "function": {"name": null, "arguments": fragment},
        })),
    }
}
