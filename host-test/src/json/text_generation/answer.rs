//! Writing an answer: as a whole, or event by event.

use super::media::{AudioDocument, CitationDocument, ImageDocument};
use crate::json::response::{InfoDocument, UsageDocument};
use crate::json::write::to_value;
use provider_host::contract::text_generation::{
    Event, FinishReason, GeneratedToolCall, Response, ToolCall, ToolCallFragment,
};
use serde::Serialize;
use serde_json::Value;

/// The JSON of an event: an object of one field, named after the event.
#[must_use]
pub fn write_event(event: &Event) -> Value {
    to_value(&EventDocument::from(event))
}

/// The JSON of a whole answer.
#[must_use]
pub fn write_response(response: &Response) -> Value {
    let Response {
        text,
        reasoning,
        refusal,
        tool_calls,
        citations,
        images,
        audio,
        provider_data,
        finish_reason: reason,
        usage,
        metadata,
    } = response;
    to_value(&ResponseDocument {
        text,
        reasoning: reasoning.as_deref(),
        refusal: refusal.as_deref(),
        tool_calls: tool_calls.iter().map(ToolCallDocument::from).collect(),
        citations: citations.iter().map(CitationDocument::from).collect(),
        images: images.iter().map(ImageDocument::from).collect(),
        audio: audio.as_ref().map(AudioDocument::from),
        provider_data: provider_data.as_deref(),
        finish_reason: finish_reason(reason),
        usage: usage.as_ref().map(UsageDocument::from),
        info: InfoDocument::from(metadata),
    })
}

/// The word for why a model stopped; another reason is in the backend's own
/// words.
#[must_use]
pub fn finish_reason(reason: &FinishReason) -> &str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool-calls",
        FinishReason::ContentFilter => "content-filter",
        FinishReason::Other(reason) => reason,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum EventDocument<'a> {
    Text(&'a str),
    Reasoning(&'a str),
    Refusal(&'a str),
    ToolCall(FragmentDocument<'a>),
    CompletedToolCall(ToolCallDocument<'a>),
    Citation(CitationDocument<'a>),
    Image(ImageDocument<'a>),
    Audio(AudioDocument<'a>),
    ProviderData(&'a str),
    Usage(UsageDocument),
    Finish(&'a str),
    Other(&'a str),
}

impl<'a> From<&'a Event> for EventDocument<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::Text(text) => Self::Text(text),
            Event::Reasoning(text) => Self::Reasoning(text),
            Event::Refusal(text) => Self::Refusal(text),
            Event::ToolCall(fragment) => Self::ToolCall(fragment.into()),
            Event::CompletedToolCall(call) => Self::CompletedToolCall(call.into()),
            Event::Citation(citation) => Self::Citation(citation.into()),
            Event::Image(image) => Self::Image(image.into()),
            Event::Audio(chunk) => Self::Audio(chunk.into()),
            Event::ProviderData(data) => Self::ProviderData(data),
            Event::Usage(usage) => Self::Usage(usage.into()),
            Event::Finish(reason) => Self::Finish(finish_reason(reason)),
            Event::Other(event) => Self::Other(event),
        }
    }
}

#[derive(Serialize)]
struct ResponseDocument<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    tool_calls: Vec<ToolCallDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citations: Vec<CitationDocument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<ImageDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<AudioDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_data: Option<&'a str>,
    finish_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageDocument>,
    info: InfoDocument<'a>,
}

#[derive(Serialize)]
struct FragmentDocument<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl<'a> From<&'a ToolCallFragment> for FragmentDocument<'a> {
    fn from(fragment: &'a ToolCallFragment) -> Self {
        let ToolCallFragment {
            index,
            id,
            name,
            arguments,
        } = fragment;
        Self {
            index: *index,
            id: id.as_deref(),
            name: name.as_deref(),
            arguments,
        }
    }
}

#[derive(Serialize)]
struct ToolCallDocument<'a> {
    id: &'a str,
    name: &'a str,
    arguments: &'a str,
    arguments_valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_data: Option<&'a str>,
}

impl<'a> From<&'a GeneratedToolCall> for ToolCallDocument<'a> {
    fn from(generated: &'a GeneratedToolCall) -> Self {
        let ToolCall {
            id,
            name,
            arguments,
            provider_data,
        } = &generated.call;
        Self {
            id,
            name,
            arguments,
            arguments_valid: generated.arguments_valid,
            provider_data: provider_data.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{write_event, write_response};
    use provider_host::contract::text_generation::{
        Citation, Event, FinishReason, GeneratedAudio, GeneratedImage, GeneratedToolCall,
        MediaSource, Response, ToolCall, ToolCallFragment,
    };
    use provider_host::contract::types::{ResponseMetadata, Usage};
    use serde_json::json;

    fn call() -> GeneratedToolCall {
        GeneratedToolCall {
            call: ToolCall::new("call-1", "t", "{}"),
            arguments_valid: true,
        }
    }

    fn signed_call() -> GeneratedToolCall {
        let mut signed = call();
        signed.call.provider_data = Some(r#"{"signature":"s"}"#.to_owned());
        signed
    }

    fn citation() -> Citation {
        Citation {
            url: Some("https://example.com".to_owned()),
            title: None,
            text: None,
            label: Some("[1]".to_owned()),
            start: None,
            end: Some(5),
        }
    }

    fn image() -> GeneratedImage {
        GeneratedImage {
            source: MediaSource::Bytes(vec![0, 1, 2]),
            mime_type: Some("image/png".to_owned()),
        }
    }

    fn usage() -> Usage {
        Usage {
            input_tokens: Some(1),
            output_tokens: None,
            total_tokens: None,
            cached_input_tokens: None,
            cache_write_input_tokens: None,
            reasoning_tokens: None,
        }
    }

    #[test]
    fn an_event_is_an_object_of_one_field() {
        let fragment = ToolCallFragment {
            index: 0,
            id: Some("call-1".to_owned()),
            name: None,
            arguments: "{".to_owned(),
        };
        let table = [
            (Event::Text("a".to_owned()), json!({"text": "a"})),
            (Event::Reasoning("a".to_owned()), json!({"reasoning": "a"})),
            (Event::Refusal("a".to_owned()), json!({"refusal": "a"})),
            (
                Event::ToolCall(fragment),
                json!({"tool_call": {"index": 0, "id": "call-1", "arguments": "{"}}),
            ),
            (
                Event::CompletedToolCall(call()),
                json!({"completed_tool_call": {
                    "id": "call-1", "name": "t", "arguments": "{}", "arguments_valid": true
                }}),
            ),
            (
                Event::CompletedToolCall(signed_call()),
                json!({"completed_tool_call": {
                    "id": "call-1", "name": "t", "arguments": "{}", "arguments_valid": true,
                    "provider_data": "{\"signature\":\"s\"}"
                }}),
            ),
            (
                Event::Citation(citation()),
                json!({"citation": {"url": "https://example.com", "label": "[1]", "end": 5}}),
            ),
            (
                Event::Image(image()),
                json!({"image": {"bytes": "AAEC", "mime_type": "image/png"}}),
            ),
            (
                Event::Audio(GeneratedAudio {
                    bytes: vec![0, 1, 2],
                    mime_type: None,
                }),
                json!({"audio": {"bytes": "AAEC"}}),
            ),
            (
                Event::ProviderData("{}".to_owned()),
                json!({"provider_data": "{}"}),
            ),
            (Event::Usage(usage()), json!({"usage": {"input_tokens": 1}})),
            (
                Event::Finish(FinishReason::ToolCalls),
                json!({"finish": "tool-calls"}),
            ),
            (
                Event::Finish(FinishReason::Other("eos".to_owned())),
                json!({"finish": "eos"}),
            ),
        ];
        for (event, expected) in table {
            assert_eq!(write_event(&event), expected);
        }
    }

    #[test]
    fn a_whole_answer_keeps_the_contracts_names() {
        let response = Response {
            text: "a".to_owned(),
            reasoning: None,
            refusal: None,
            tool_calls: vec![call()],
            citations: Vec::new(),
            images: Vec::new(),
            audio: None,
            provider_data: None,
            finish_reason: FinishReason::Stop,
            usage: Some(usage()),
            metadata: ResponseMetadata {
                model: None,
                request_id: None,
                first_byte_ms: None,
                total_ms: None,
                rate_limit: None,
                gateway: None,
            },
        };
        let expected = json!({
            "text": "a",
            "tool_calls": [{"id": "call-1", "name": "t", "arguments": "{}", "arguments_valid": true}],
            "finish_reason": "stop",
            "usage": {"input_tokens": 1},
            "info": {"cached": false, "guarded": false}
        });
        assert_eq!(write_response(&response), expected);
    }
}
