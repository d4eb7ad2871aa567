//! Usage and metadata, which every kind of result has. What the gateway did
//! stands beside the other facts of a response.

use super::write::to_value;
use provider_host::contract::types::{GatewayMetadata, RateLimit, ResponseMetadata, Usage};
use serde::Serialize;
use serde_json::Value;

/// The JSON of a usage.
#[must_use]
pub fn write_usage(usage: &Usage) -> Value {
    to_value(&UsageDocument::from(usage))
}

/// The JSON of a response's metadata.
#[must_use]
pub fn write_info(info: &ResponseMetadata) -> Value {
    to_value(&InfoDocument::from(info))
}

#[derive(Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the contract"
)]
pub(super) struct UsageDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_tokens: Option<u64>,
}

impl From<&Usage> for UsageDocument {
    fn from(usage: &Usage) -> Self {
        let Usage {
            input_tokens,
            output_tokens,
            total_tokens,
            cached_input_tokens,
            cache_write_input_tokens,
            reasoning_tokens,
        } = *usage;
        Self {
            input_tokens,
            output_tokens,
            total_tokens,
            cached_input_tokens,
            cache_write_input_tokens,
            reasoning_tokens,
        }
    }
}

#[derive(Serialize)]
pub(super) struct InfoDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback_from: Option<&'a str>,
    cached: bool,
    guarded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_byte_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<RateLimitDocument>,
}

impl<'a> From<&'a ResponseMetadata> for InfoDocument<'a> {
    fn from(info: &'a ResponseMetadata) -> Self {
        let ResponseMetadata {
            model,
            request_id,
            first_byte_ms,
            total_ms,
            rate_limit,
            gateway,
        } = info;
        let gateway = GatewayDocument::from(gateway.as_ref());
        Self {
            model: model.as_deref(),
            request_id: request_id.as_deref(),
            fallback_from: gateway.fallback_from,
            cached: gateway.cached,
            guarded: gateway.guarded,
            gateway_ms: gateway.gateway_ms,
            upstream_ms: gateway.upstream_ms,
            first_byte_ms: *first_byte_ms,
            total_ms: *total_ms,
            rate_limit: rate_limit.as_ref().map(RateLimitDocument::from),
        }
    }
}

/// What the gateway did; nothing if there was none.
#[derive(Default)]
struct GatewayDocument<'a> {
    fallback_from: Option<&'a str>,
    cached: bool,
    guarded: bool,
    gateway_ms: Option<u64>,
    upstream_ms: Option<u64>,
}

impl<'a> From<Option<&'a GatewayMetadata>> for GatewayDocument<'a> {
    fn from(gateway: Option<&'a GatewayMetadata>) -> Self {
        let Some(GatewayMetadata {
            fallback_from,
            cached,
            guarded,
            gateway_ms,
            upstream_ms,
        }) = gateway
        else {
            return Self::default();
        };
        Self {
            fallback_from: fallback_from.as_deref(),
            cached: *cached,
            guarded: *guarded,
            gateway_ms: *gateway_ms,
            upstream_ms: *upstream_ms,
        }
    }
}

#[derive(Serialize)]
struct RateLimitDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_ms: Option<u64>,
}

impl From<&RateLimit> for RateLimitDocument {
    fn from(rate_limit: &RateLimit) -> Self {
        let RateLimit {
            limit,
            remaining,
            reset_ms,
        } = *rate_limit;
        Self {
            limit,
            remaining,
            reset_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{write_info, write_usage};
    use provider_host::contract::types::{GatewayMetadata, RateLimit, ResponseMetadata, Usage};
    use serde_json::json;

    #[test]
    fn what_was_not_reported_is_left_out() {
        let usage = Usage {
            input_tokens: Some(3),
            output_tokens: None,
            total_tokens: None,
            cached_input_tokens: Some(0),
            cache_write_input_tokens: None,
            reasoning_tokens: None,
        };
        assert_eq!(
            write_usage(&usage),
            json!({"input_tokens": 3, "cached_input_tokens": 0})
        );
    }

    #[test]
    fn facts_of_a_response_keep_their_names() {
        let info = ResponseMetadata {
            model: Some("m".to_owned()),
            request_id: None,
            gateway: Some(GatewayMetadata {
                fallback_from: None,
                cached: true,
                guarded: false,
                gateway_ms: None,
                upstream_ms: Some(5),
            }),
            first_byte_ms: None,
            total_ms: None,
            rate_limit: Some(RateLimit {
                limit: Some(9),
                remaining: None,
                reset_ms: None,
            }),
        };
        let expected = json!({
            "model": "m", "cached": true, "guarded": false, "upstream_ms": 5,
            "rate_limit": {"limit": 9}
        });
        assert_eq!(write_info(&info), expected);
    }
}
