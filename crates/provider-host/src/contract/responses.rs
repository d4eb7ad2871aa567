//! Defaults for what a response reports: nothing.

use crate::bindings::types::{GatewayMetadata, ResponseMetadata, Usage};

impl Default for ResponseMetadata {
    /// Nothing is known.
    fn default() -> Self {
        Self {
            model: None,
            request_id: None,
            first_byte_ms: None,
            total_ms: None,
            rate_limit: None,
            gateway: None,
        }
    }
}

impl Default for GatewayMetadata {
    /// The gateway did nothing.
    fn default() -> Self {
        Self {
            fallback_from: None,
            cached: false,
            guarded: false,
            gateway_ms: None,
            upstream_ms: None,
        }
    }
}

impl Default for Usage {
    /// Nothing was reported.
    fn default() -> Self {
        Self {
            input_tokens: None,
            output_tokens: None,
            total_tokens: None,
            cached_input_tokens: None,
            cache_write_input_tokens: None,
            reasoning_tokens: None,
        }
    }
}
