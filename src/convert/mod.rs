//! Conversions between the contract's types and the core's: here those of
//! `types`, and one file for each other interface.
//!
//! The golden tests of `host-test` use them to run their cases natively against
//! the core.

pub mod description;
pub mod image_generation;
pub mod text_embedding;
pub mod text_generation;
pub mod text_rerank;

use crate::bindings::types;
use provider_core::call_options::{CallOptions, GatewayHints};
use provider_core::error::{Error, ErrorKind};
use provider_core::response::{GatewayMetadata, ResponseMetadata};
use provider_core::usage::Usage;

/// Converts the options of a call.
#[must_use]
pub fn options(options: types::CallOptions) -> CallOptions {
    CallOptions {
        connect_timeout_ms: options.timeouts.connect_ms,
        first_byte_timeout_ms: options.timeouts.first_byte_ms,
        between_bytes_timeout_ms: options.timeouts.between_bytes_ms,
        max_retries: options.max_retries,
        headers: options.headers,
        end_user_id: options.end_user_id,
        conversation_id: options.conversation_id,
        traceparent: options.traceparent,
        request_id: options.request_id,
        gateway_hints: options
            .gateway
            .map_or_else(GatewayHints::default, |hints| GatewayHints {
                skip_cache: hints.skip_cache,
                routing_model: hints.routing_model,
            }),
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
        cache_write_input_tokens: usage.cache_write_input_tokens,
        reasoning_tokens: usage.reasoning_tokens,
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
        first_byte_ms,
        total_ms,
        rate_limit: info.rate_limit.map(|limits| types::RateLimit {
            limit: limits.limit,
            remaining: limits.remaining,
            reset_ms: limits.reset_ms,
        }),
        gateway: gateway_metadata(info.gateway),
    }
}

/// What the gateway did; `None` if it left no trace.
fn gateway_metadata(gateway: GatewayMetadata) -> Option<types::GatewayMetadata> {
    (gateway != GatewayMetadata::default()).then_some(types::GatewayMetadata {
        fallback_from: gateway.fallback_from,
        cached: gateway.cached,
        guarded: gateway.guarded,
        gateway_ms: gateway.gateway_ms,
        upstream_ms: gateway.upstream_ms,
    })
}

/// A failure.
#[must_use]
pub fn error(error: Error) -> types::Error {
    let error = error.into_fields();
    types::Error {
        kind: error_kind(error.kind),
        message: error.message,
        field: error.field,
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
