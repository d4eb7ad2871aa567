//! Conversions between the contract's types and the core's.
//!
//! The golden tests of `host-test` use them to run their cases natively against
//! the core.

pub mod image_generation;
pub mod text_embedding;
pub mod text_rerank;

use crate::bindings::{text_generation as wit, types};
use provider_core::call_options::{CallOptions, GatewayHints};
use provider_core::error::{Error, ErrorKind};
use provider_core::response::ResponseMetadata;
use provider_core::text_generation as core;
use provider_core::usage::Usage;

/// Converts the options of a call.
#[must_use]
pub fn options(options: types::CallOptions) -> CallOptions {
    CallOptions {
        connect_timeout_ms: options.connect_timeout_ms,
        first_byte_timeout_ms: options.first_byte_timeout_ms,
        between_bytes_timeout_ms: options.between_bytes_timeout_ms,
        max_retries: options.max_retries,
        headers: options.headers,
        end_user_id: options.end_user_id,
        gateway_hints: GatewayHints {
            skip_cache: options.skip_cache,
            session_id: options.session_id,
            routing_model: options.routing_model,
            traceparent: options.traceparent,
            request_id: options.request_id,
        },
    }
}

/// What to generate.
#[must_use]
pub fn request(request: wit::Request) -> core::Request {
    core::Request {
        messages: request.messages.into_iter().map(message).collect(),
        tools: request.tools.into_iter().map(tool).collect(),
        tool_choice: request.tool_choice.map(|choice| match choice {
            wit::ToolChoice::Automatic => core::ToolChoice::Automatic,
            wit::ToolChoice::None => core::ToolChoice::None,
            wit::ToolChoice::Required => core::ToolChoice::Required,
            wit::ToolChoice::Tool(name) => core::ToolChoice::Tool(name),
        }),
        parallel_tool_calls: request.parallel_tool_calls,
        response_format: match request.response_format {
            None | Some(wit::ResponseFormat::Text) => core::ResponseFormat::Text,
            Some(wit::ResponseFormat::JsonObject) => core::ResponseFormat::JsonObject,
            Some(wit::ResponseFormat::JsonSchema(schema)) => {
                core::ResponseFormat::JsonSchema(core::JsonSchema {
                    name: schema.name,
                    description: schema.description,
                    schema: schema.schema,
                    strict: schema.strict,
                })
            }
        },
        parameters: parameters(request.parameters),
    }
}

fn message(message: wit::Message) -> core::Message {
    let wit::Message {
        role,
        content,
        name,
    } = message;
    let content = content.into_iter().map(content_part).collect();
    let said = |content, name| core::ContentMessage { content, name };
    match role {
        wit::Role::System => core::Message::System(said(content, name)),
        wit::Role::Developer => core::Message::Developer(said(content, name)),
        wit::Role::User => core::Message::User(said(content, name)),
        wit::Role::Assistant(turn) => core::Message::Assistant(core::AssistantMessage {
            content,
            name,
            reasoning: turn.reasoning,
            tool_calls: turn
                .tool_calls
                .into_iter()
                .map(|call| core::ToolCall {
                    id: call.id,
                    name: call.name,
                    arguments: call.arguments,
                    arguments_valid: call.arguments_valid,
                })
                .collect(),
        }),
        wit::Role::Tool(tool_call_id) => core::Message::Tool(core::ToolMessage {
            tool_call_id,
            content,
        }),
    }
}

fn content_part(part: wit::ContentPart) -> core::ContentPart {
    let media = match part {
        wit::ContentPart::Text(text) => return core::ContentPart::Text(text),
        wit::ContentPart::Media(media) => media,
    };
    let (kind, detail, file_name) = match media.kind {
        wit::MediaKind::Image(detail) => (core::MediaKind::Image, detail, None),
        wit::MediaKind::Audio => (core::MediaKind::Audio, None, None),
        wit::MediaKind::Video => (core::MediaKind::Video, None, None),
        wit::MediaKind::Document(name) => (core::MediaKind::Document, None, name),
    };
    core::ContentPart::Media(core::Media {
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
        }),
        file_name,
    })
}

fn tool(tool: wit::Tool) -> core::Tool {
    core::Tool {
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters,
        strict: tool.strict,
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
        thinking: parameters.thinking,
        thinking_budget: parameters.thinking_budget,
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
        }),
        extra: parameters.extra,
    }
}

/// An event of an answer.
#[must_use]
pub fn event(event: core::Event) -> wit::Event {
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
        core::Event::Usage(usage) => wit::Event::Usage(self::usage(usage)),
        core::Event::Finish(reason) => wit::Event::Finish(finish_reason(reason)),
    }
}

/// A complete answer.
#[must_use]
pub fn generation(generation: core::Generation) -> wit::Generation {
    wit::Generation {
        text: generation.text,
        reasoning: generation.reasoning,
        refusal: generation.refusal,
        tool_calls: generation.tool_calls.into_iter().map(tool_call).collect(),
        finish_reason: finish_reason(generation.finish_reason),
        usage: generation.usage.map(usage),
    }
}

fn tool_call(call: core::ToolCall) -> wit::ToolCall {
    wit::ToolCall {
        id: call.id,
        name: call.name,
        arguments: call.arguments,
        arguments_valid: call.arguments_valid,
    }
}

/// What a call consumed.
#[must_use]
pub fn usage(usage: Usage) -> types::Usage {
    types::Usage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        total_tokens: usage.total_tokens,
        cached_input_tokens: usage.cached_input_tokens,
        reasoning_tokens: usage.reasoning_tokens,
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

/// Converts response metadata, with the times measured by the transport.
#[must_use]
pub fn response_metadata(
    info: ResponseMetadata,
    first_byte_ms: Option<u64>,
    total_ms: Option<u64>,
) -> types::ResponseMetadata {
    types::ResponseMetadata {
        model: info.model,
        request_id: info.request_id,
        fallback_from: info.fallback_from,
        cached: info.cached,
        guarded: info.guarded,
        gateway_ms: info.gateway_ms,
        upstream_ms: info.upstream_ms,
        first_byte_ms,
        total_ms,
        rate_limit: info.rate_limit.map(|limits| types::RateLimit {
            limit: limits.limit,
            remaining: limits.remaining,
            reset_ms: limits.reset_ms,
        }),
    }
}

/// A failure.
#[must_use]
pub fn error(error: Error) -> types::Error {
    let error = error.into_fields();
    types::Error {
        kind: error_kind(error.kind),
        message: error.message,
        status: error.status,
        code: error.code,
        retry_after_ms: error.retry_after_ms,
        request_id: error.request_id,
        request_sent: error.request_sent,
    }
}

fn error_kind(kind: ErrorKind) -> types::ErrorKind {
    match kind {
        ErrorKind::InvalidCredentials => types::ErrorKind::InvalidCredentials,
        ErrorKind::InvalidRequest => types::ErrorKind::InvalidRequest,
        ErrorKind::Authorization => types::ErrorKind::Authorization,
        ErrorKind::BadRequest => types::ErrorKind::BadRequest,
        ErrorKind::NotFound => types::ErrorKind::NotFound,
        ErrorKind::RateLimited => types::ErrorKind::RateLimited,
        ErrorKind::QuotaExhausted => types::ErrorKind::QuotaExhausted,
        ErrorKind::ContentBlocked => types::ErrorKind::ContentBlocked,
        ErrorKind::ServerUnavailable => types::ErrorKind::ServerUnavailable,
        ErrorKind::Connection => types::ErrorKind::Connection,
        ErrorKind::Timeout => types::ErrorKind::Timeout,
        ErrorKind::Protocol => types::ErrorKind::Protocol,
        ErrorKind::Unsupported => types::ErrorKind::Unsupported,
        ErrorKind::Internal => types::ErrorKind::Internal,
    }
}
