//! Between the contract's types and the core's.
//!
//! This file knows nothing but the two: the golden tests of `host-test`
//! compile it a second time, over the host's view of the contract, to run
//! their cases against the core natively.

use super::contract::{text_generation as wit, types};
use crate::call::{Options, Steering};
use crate::error::{Error, ErrorKind};
use crate::reply::ReplyInfo;
use crate::text_generation as core;

/// What a call sets.
#[must_use]
pub fn options(options: types::CallOptions) -> Options {
    Options {
        connect_timeout_ms: options.connect_timeout_ms,
        first_byte_timeout_ms: options.first_byte_timeout_ms,
        between_bytes_timeout_ms: options.between_bytes_timeout_ms,
        max_retries: options.max_retries,
        headers: options.headers,
        end_user_id: options.end_user_id,
        steering: Steering {
            skip_cache: options.skip_cache,
            session_id: options.session_id,
            routing_model: options.routing_model,
            traceparent: options.traceparent,
            request_id: options.request_id,
        },
    }
}

/// What to generate.
///
/// # Errors
///
/// `unsupported`, naming what cannot be sent yet.
pub fn request(request: wit::Request) -> Result<core::Request, Error> {
    if !request.tools.is_empty()
        || request.tool_choice.is_some()
        || request.parallel_tool_calls.is_some()
    {
        return Err(Error::unsupported("`tools`"));
    }
    match request.response_format {
        None | Some(wit::ResponseFormat::Text) => {}
        Some(wit::ResponseFormat::JsonObject | wit::ResponseFormat::JsonSchema(_)) => {
            return Err(Error::unsupported("`response_format`"));
        }
    }
    Ok(core::Request {
        messages: request
            .messages
            .into_iter()
            .map(message)
            .collect::<Result<_, _>>()?,
        parameters: parameters(request.parameters)?,
    })
}

fn message(message: wit::Message) -> Result<core::Message, Error> {
    Ok(match message {
        wit::Message::System(m) => core::Message::System(content_message(m)?),
        wit::Message::Developer(m) => core::Message::Developer(content_message(m)?),
        wit::Message::User(m) => core::Message::User(content_message(m)?),
        wit::Message::Assistant(m) => core::Message::Assistant(assistant_message(m)?),
        wit::Message::Tool(_) => {
            return Err(Error::unsupported("a message with the result of a tool"));
        }
    })
}

fn content_message(message: wit::ContentMessage) -> Result<core::ContentMessage, Error> {
    Ok(core::ContentMessage {
        content: content(message.content)?,
        name: message.name,
    })
}

/// The reasoning of earlier answers is not sent back: most backends refuse or
/// ignore it.
fn assistant_message(message: wit::AssistantMessage) -> Result<core::AssistantMessage, Error> {
    if !message.tool_calls.is_empty() {
        return Err(Error::unsupported("a message with `tool_calls`"));
    }
    Ok(core::AssistantMessage {
        content: content(message.content)?,
        name: message.name,
    })
}

fn content(parts: Vec<wit::ContentPart>) -> Result<Vec<core::ContentPart>, Error> {
    let part = |part| match part {
        wit::ContentPart::Text(text) => Ok(core::ContentPart::Text(text)),
        wit::ContentPart::Image(_) => Err(Error::unsupported("an image in a message")),
        wit::ContentPart::Audio(_) => Err(Error::unsupported("audio in a message")),
        wit::ContentPart::Video(_) => Err(Error::unsupported("a video in a message")),
        wit::ContentPart::Document(_) => Err(Error::unsupported("a document in a message")),
    };
    parts.into_iter().map(part).collect()
}

fn parameters(parameters: wit::Parameters) -> Result<core::Parameters, Error> {
    let unsupported = [
        ("`thinking`", parameters.thinking.is_some()),
        ("`thinking_budget`", parameters.thinking_budget.is_some()),
        ("`reasoning_effort`", parameters.reasoning_effort.is_some()),
        ("`web_search`", parameters.web_search.is_some()),
        ("`extra`", parameters.extra.is_some()),
    ];
    if let Some((name, _)) = unsupported.into_iter().find(|(_, is_set)| *is_set) {
        return Err(Error::unsupported(name));
    }
    Ok(core::Parameters {
        temperature: parameters.temperature,
        top_p: parameters.top_p,
        top_k: parameters.top_k,
        frequency_penalty: parameters.frequency_penalty,
        presence_penalty: parameters.presence_penalty,
        seed: parameters.seed,
        max_tokens: parameters.max_tokens,
        stop: parameters.stop,
    })
}

/// A piece of an answer.
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

/// A whole answer.
#[must_use]
pub fn generation(generation: core::Generation, info: types::ReplyInfo) -> wit::Generation {
    wit::Generation {
        text: generation.text,
        reasoning: generation.reasoning,
        refusal: generation.refusal,
        tool_calls: generation.tool_calls.into_iter().map(tool_call).collect(),
        finish_reason: finish_reason(generation.finish_reason),
        usage: generation.usage.map(usage),
        info,
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
pub fn usage(usage: core::Usage) -> types::Usage {
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

/// Facts about a reply, with the times that the transport measured.
#[must_use]
pub fn reply_info(
    info: ReplyInfo,
    first_byte_ms: Option<u64>,
    total_ms: Option<u64>,
) -> types::ReplyInfo {
    types::ReplyInfo {
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
