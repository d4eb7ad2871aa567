//! Conversions between the contract's `text-generation` and the core's.

use crate::bindings::text_generation as wit;
use crate::bindings::types;
use provider_core::text_generation as core;

/// What to generate.
#[inline(never)] // one copy for three exports
#[must_use]
pub fn request(request: wit::Request) -> core::Request {
    core::Request {
        messages: request.messages.into_iter().map(message).collect(),
        tools: request.tools.into_iter().map(tool).collect(),
        tool_choice: request.tool_choice.map(tool_choice),
        parallel_tool_calls: request.parallel_tool_calls,
        response_format: request
            .response_format
            .map_or(core::ResponseFormat::Text, response_format),
        parameters: parameters(request.parameters),
    }
}

fn message(message: wit::Message) -> core::Message {
    match message {
        wit::Message::System(message) => core::Message::System(content_message(message)),
        wit::Message::Developer(message) => core::Message::Developer(content_message(message)),
        wit::Message::User(message) => core::Message::User(content_message(message)),
        wit::Message::Assistant(message) => core::Message::Assistant(core::AssistantMessage {
            content: content(message.content),
            name: message.name,
            reasoning: message.reasoning,
            tool_calls: message
                .tool_calls
                .into_iter()
                .map(|call| core::ToolCall {
                    id: call.id,
                    name: call.name,
                    arguments: call.arguments,
                    provider_data: call.provider_data,
                })
                .collect(),
            provider_data: message.provider_data,
        }),
        wit::Message::Tool(message) => core::Message::Tool(core::ToolMessage {
            tool_call_id: message.tool_call_id,
            content: content(message.content),
        }),
    }
}

fn content_message(message: wit::ContentMessage) -> core::ContentMessage {
    core::ContentMessage {
        content: content(message.content),
        name: message.name,
    }
}

fn content(parts: Vec<wit::ContentPart>) -> Vec<core::ContentPart> {
    parts.into_iter().map(content_part).collect()
}

fn content_part(part: wit::ContentPart) -> core::ContentPart {
    match part {
        wit::ContentPart::Text(text) => core::ContentPart::Text(text),
        wit::ContentPart::Media(media) => core::ContentPart::Media(self::media(media)),
        wit::ContentPart::CachePoint(point) => {
            core::ContentPart::CachePoint(core::CachePoint { ttl: point.ttl })
        }
        wit::ContentPart::Other(json) => core::ContentPart::Other(json),
    }
}

fn media(media: wit::Media) -> core::Media {
    let (kind, detail, file_name) = match media.kind {
        wit::MediaKind::Image(detail) => (core::MediaKind::Image, detail, None),
        wit::MediaKind::Audio => (core::MediaKind::Audio, None, None),
        wit::MediaKind::Video => (core::MediaKind::Video, None, None),
        wit::MediaKind::Document(name) => (core::MediaKind::Document, None, name),
    };
    core::Media {
        kind,
        source: match media.source {
            wit::MediaSource::Url(url) => core::MediaSource::Url(url),
            wit::MediaSource::Bytes(bytes) => core::MediaSource::Bytes(bytes),
        },
        mime_type: media.mime_type,
        detail: detail.map(|detail| match detail {
            wit::ImageDetail::Automatic => core::ImageDetail::Automatic,
            wit::ImageDetail::Low => core::ImageDetail::Low,
            wit::ImageDetail::High => core::ImageDetail::High,
            wit::ImageDetail::Other(word) => core::ImageDetail::Other(word),
        }),
        file_name,
    }
}

fn tool(tool: wit::Tool) -> core::Tool {
    core::Tool {
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters,
        strict: tool.strict,
    }
}

fn tool_choice(choice: wit::ToolChoice) -> core::ToolChoice {
    match choice {
        wit::ToolChoice::Automatic => core::ToolChoice::Automatic,
        wit::ToolChoice::None => core::ToolChoice::None,
        wit::ToolChoice::Required => core::ToolChoice::Required,
        wit::ToolChoice::Tool(name) => core::ToolChoice::Tool(name),
        wit::ToolChoice::Other(json) => core::ToolChoice::Other(json),
    }
}

fn response_format(format: wit::ResponseFormat) -> core::ResponseFormat {
    match format {
        wit::ResponseFormat::Text => core::ResponseFormat::Text,
        wit::ResponseFormat::JsonObject => core::ResponseFormat::JsonObject,
        wit::ResponseFormat::JsonSchema(schema) => {
            core::ResponseFormat::JsonSchema(core::JsonSchema {
                name: schema.name,
                description: schema.description,
                schema: schema.schema,
                strict: schema.strict,
            })
        }
        wit::ResponseFormat::Other(json) => core::ResponseFormat::Other(json),
    }
}

fn parameters(parameters: wit::Parameters) -> core::Parameters {
    core::Parameters {
        temperature: parameters.temperature,
        top_p: parameters.top_p,
        top_k: parameters.top_k,
        frequency_penalty: parameters.frequency_penalty,
        presence_penalty: parameters.presence_penalty,
        seed: parameters.seed,
        max_tokens: parameters.max_tokens,
        stop: parameters.stop,
        reasoning: parameters.reasoning,
        reasoning_budget: parameters.reasoning_budget,
        reasoning_effort: parameters.reasoning_effort.map(|effort| match effort {
            wit::ReasoningEffort::None => "none".to_owned(),
            wit::ReasoningEffort::Minimal => "minimal".to_owned(),
            wit::ReasoningEffort::Low => "low".to_owned(),
            wit::ReasoningEffort::Medium => "medium".to_owned(),
            wit::ReasoningEffort::High => "high".to_owned(),
            wit::ReasoningEffort::Other(word) => word,
        }),
        web_search: parameters.web_search.map(|size| match size {
            wit::SearchContextSize::Automatic => core::SearchContextSize::Automatic,
            wit::SearchContextSize::Low => core::SearchContextSize::Low,
            wit::SearchContextSize::Medium => core::SearchContextSize::Medium,
            wit::SearchContextSize::High => core::SearchContextSize::High,
            wit::SearchContextSize::Other(word) => core::SearchContextSize::Other(word),
        }),
        extra: parameters.extra,
    }
}

/// The events of an answer.
#[must_use]
pub fn events(events: Vec<core::Event>) -> Vec<wit::Event> {
    events.into_iter().map(event).collect()
}

fn event(event: core::Event) -> wit::Event {
    match event {
        core::Event::Text(text) => wit::Event::Text(text),
        core::Event::Reasoning(text) => wit::Event::Reasoning(text),
        core::Event::Refusal(text) => wit::Event::Refusal(text),
        core::Event::ToolCall(fragment) => wit::Event::ToolCall(wit::ToolCallFragment {
            index: fragment.index,
            id: fragment.id,
            name: fragment.name,
            arguments: fragment.arguments,
        }),
        core::Event::CompletedToolCall(call) => wit::Event::CompletedToolCall(tool_call(call)),
        core::Event::Citation(citation) => wit::Event::Citation(self::citation(citation)),
        core::Event::Image(image) => wit::Event::Image(self::image(image)),
        core::Event::Audio(chunk) => wit::Event::Audio(audio(chunk)),
        core::Event::ProviderData(json) => wit::Event::ProviderData(json),
        core::Event::Usage(usage) => wit::Event::Usage(super::usage(usage)),
        core::Event::Finish(reason) => wit::Event::Finish(finish_reason(reason)),
    }
}

/// A complete answer, with the metadata of its response.
#[must_use]
pub fn response(generation: core::Generation, metadata: types::ResponseMetadata) -> wit::Response {
    wit::Response {
        text: generation.text,
        reasoning: generation.reasoning,
        refusal: generation.refusal,
        tool_calls: generation.tool_calls.into_iter().map(tool_call).collect(),
        citations: generation.citations.into_iter().map(citation).collect(),
        images: generation.images.into_iter().map(image).collect(),
        audio: generation.audio.map(audio),
        provider_data: generation.provider_data,
        finish_reason: finish_reason(generation.finish_reason),
        usage: generation.usage.map(super::usage),
        metadata,
    }
}

fn tool_call(generated: core::GeneratedToolCall) -> wit::GeneratedToolCall {
    let core::ToolCall {
        id,
        name,
        arguments,
        provider_data,
    } = generated.call;
    wit::GeneratedToolCall {
        call: wit::ToolCall {
            id,
            name,
            arguments,
            provider_data,
        },
        arguments_valid: generated.arguments_valid,
    }
}

fn citation(citation: core::Citation) -> wit::Citation {
    wit::Citation {
        url: citation.url,
        title: citation.title,
        text: citation.text,
        label: citation.label,
        start: citation.start,
        end: citation.end,
    }
}

fn image(image: core::GeneratedImage) -> wit::GeneratedImage {
    wit::GeneratedImage {
        source: match image.source {
            core::MediaSource::Url(url) => wit::MediaSource::Url(url),
            core::MediaSource::Bytes(bytes) => wit::MediaSource::Bytes(bytes),
        },
        mime_type: image.mime_type,
    }
}

fn audio(chunk: core::GeneratedAudio) -> wit::GeneratedAudio {
    wit::GeneratedAudio {
        bytes: chunk.bytes,
        mime_type: chunk.mime_type,
    }
}

fn finish_reason(reason: core::FinishReason) -> wit::FinishReason {
    match reason {
        core::FinishReason::Stop => wit::FinishReason::Stop,
        core::FinishReason::Length => wit::FinishReason::Length,
        core::FinishReason::ToolCalls => wit::FinishReason::ToolCalls,
        core::FinishReason::ContentFilter => wit::FinishReason::ContentFilter,
        core::FinishReason::Other(word) => wit::FinishReason::Other(word),
    }
}
