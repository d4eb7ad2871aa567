//! What every kind of result tells of its response.

use super::record::Record;
use provider_host::contract::types::{RateLimit, ResponseMetadata, Usage};
use serde_json::Value;

/// The JSON of a usage.
#[must_use]
pub fn write_usage(usage: &Usage) -> Value {
    let Usage {
        input_tokens,
        output_tokens,
        total_tokens,
        cached_input_tokens,
        reasoning_tokens,
    } = *usage;
    Record::new()
        .optional("input_tokens", input_tokens)
        .optional("output_tokens", output_tokens)
        .optional("total_tokens", total_tokens)
        .optional("cached_input_tokens", cached_input_tokens)
        .optional("reasoning_tokens", reasoning_tokens)
        .into()
}

/// The JSON of a response's facts.
#[must_use]
pub fn write_info(info: &ResponseMetadata) -> Value {
    let ResponseMetadata {
        model,
        request_id,
        fallback_from,
        cached,
        guarded,
        gateway_ms,
        upstream_ms,
        first_byte_ms,
        total_ms,
        rate_limit,
    } = info;
    Record::new()
        .optional("model", model.as_deref())
        .optional("request_id", request_id.as_deref())
        .optional("fallback_from", fallback_from.as_deref())
        .field("cached", *cached)
        .field("guarded", *guarded)
        .optional("gateway_ms", *gateway_ms)
        .optional("upstream_ms", *upstream_ms)
        .optional("first_byte_ms", *first_byte_ms)
        .optional("total_ms", *total_ms)
        .optional("rate_limit", rate_limit.as_ref().map(write_rate_limit))
        .into()
}

fn write_rate_limit(rate_limit: &RateLimit) -> Value {
    let RateLimit {
        limit,
        remaining,
        reset_ms,
    } = *rate_limit;
    Record::new()
        .optional("limit", limit)
        .optional("remaining", remaining)
        .optional("reset_ms", reset_ms)
        .into()
}

#[cfg(test)]
mod tests {
    use super::{write_info, write_usage};
    use provider_host::contract::types::{RateLimit, ResponseMetadata, Usage};
    use serde_json::json;

    #[test]
    fn what_was_not_reported_is_left_out() {
        let usage = Usage {
            input_tokens: Some(3),
            output_tokens: None,
            total_tokens: None,
            cached_input_tokens: Some(0),
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
            fallback_from: None,
            cached: true,
            guarded: false,
            gateway_ms: None,
            upstream_ms: Some(5),
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
