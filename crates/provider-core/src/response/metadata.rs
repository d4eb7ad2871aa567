//! Metadata of a response: which model returned it, and what the gateway did.

use super::retry_after::go_duration_ms;
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// Metadata of a response; `response-metadata` of `wit/types.wit` without the
/// times measured by the component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseMetadata {
    /// The model that returned the response.
    pub model: Option<String>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// The caller's rate limits.
    pub rate_limit: Option<RateLimit>,
    /// What the gateway did.
    pub gateway: GatewayMetadata,
}

/// What the gateway did; `gateway-metadata` of `wit/types.wit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayMetadata {
    /// The route that failed before another returned the response.
    pub fallback_from: Option<String>,
    /// The gateway returned a cached response.
    pub cached: bool,
    /// The gateway's content guard replaced the response.
    pub guarded: bool,
    /// Time in the gateway, in milliseconds.
    pub gateway_ms: Option<u64>,
    /// Time in the provider behind it, in milliseconds.
    pub upstream_ms: Option<u64>,
}

/// The caller's rate limits, as reported by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The limit in the current window.
    pub limit: Option<u64>,
    /// What remains of the limit.
    pub remaining: Option<u64>,
    /// Milliseconds until the window ends.
    pub reset_ms: Option<u64>,
}

/// The model name in responses of Higress `ai-cache`.
const MODEL_OF_THE_CACHE: &str = "from-cache";
/// The model name in responses of Higress `ai-security-guard`.
const MODEL_OF_THE_GUARD: &str = "from-security-guard";

impl ResponseMetadata {
    /// The metadata in the head of a response.
    #[must_use]
    pub fn from_head(head: &ResponseHead) -> Self {
        let text = |name| {
            head.header(name)
                .map(str::trim)
                .filter(|value| !value.is_empty())
        };
        let number = |name| text(name).and_then(|value| value.parse().ok());
        Self {
            request_id: request_id(head),
            rate_limit: RateLimit::from_head(head),
            gateway: GatewayMetadata {
                fallback_from: text("x-higress-fallback-from").map(str::to_owned),
                gateway_ms: number("req-cost-time"),
                upstream_ms: number("x-envoy-upstream-service-time"),
                ..GatewayMetadata::default()
            },
            ..Self::default()
        }
    }

    /// The metadata with secrets masked.
    #[must_use]
    pub fn masked(&self, secrets: &Secrets) -> Self {
        let masked = |text: &Option<String>| text.as_deref().map(|text| secrets.mask(text));
        Self {
            model: masked(&self.model),
            request_id: masked(&self.request_id),
            rate_limit: self.rate_limit,
            gateway: GatewayMetadata {
                fallback_from: masked(&self.gateway.fallback_from),
                ..self.gateway
            },
        }
    }

    /// Sets the model named in a response body. Secrets in it are masked.
    pub fn set_model(&mut self, model: &str, secrets: &Secrets) {
        match model {
            "" => {}
            MODEL_OF_THE_CACHE => self.gateway.cached = true,
            MODEL_OF_THE_GUARD => self.gateway.guarded = true,
            _ if self.model.as_deref() == Some(model) => {}
            _ => self.model = Some(secrets.mask(model)),
        }
    }
}

/// The server's identifier of the request, from its headers.
#[must_use]
pub(super) fn request_id(head: &ResponseHead) -> Option<String> {
    ["x-request-id", "x-dashscope-request-id"]
        .into_iter()
        .filter_map(|name| head.header(name))
        .find(|value| !value.is_empty())
        .map(str::to_owned)
}

impl RateLimit {
    /// The rate limits in the head of a response, as sent by Higress
    /// `cluster-key-rate-limit` and `ai-token-ratelimit` (reset in seconds), or
    /// in `OpenAI`'s headers (requests).
    #[must_use]
    pub fn from_head(head: &ResponseHead) -> Option<Self> {
        let number = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| head.header(name)?.trim().parse::<u64>().ok())
        };
        let limit = number(&["x-ratelimit-limit", "x-ratelimit-limit-requests"]);
        let remaining = number(&["x-ratelimit-remaining", "x-ratelimit-remaining-requests"]);
        let reset_ms = number(&["x-tokenratelimit-reset", "x-ratelimit-reset"])
            .map(|seconds| seconds.saturating_mul(1000))
            .or_else(|| go_duration_ms(head.header("x-ratelimit-reset-requests")?.trim()));
        (limit.is_some() || remaining.is_some() || reset_ms.is_some()).then_some(Self {
            limit,
            remaining,
            reset_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&str, &str)]) -> ResponseHead {
        ResponseHead {
            status: 200,
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn the_gateways_headers_become_facts() {
        let info = ResponseMetadata::from_head(&head(&[
            ("X-Request-Id", "r-1"),
            ("x-higress-fallback-from", "ai-route-a"),
            ("req-cost-time", "42"),
            ("x-envoy-upstream-service-time", "40"),
            ("x-ratelimit-limit", "10"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "7"),
        ]));
        assert_eq!(info.request_id.as_deref(), Some("r-1"));
        assert_eq!(info.gateway.fallback_from.as_deref(), Some("ai-route-a"));
        assert_eq!(
            (info.gateway.gateway_ms, info.gateway.upstream_ms),
            (Some(42), Some(40))
        );
        let limits = RateLimit {
            limit: Some(10),
            remaining: Some(0),
            reset_ms: Some(7000),
        };
        assert_eq!(info.rate_limit, Some(limits));
    }

    #[test]
    fn openais_limits_of_requests_end_after_a_duration() {
        let limits = RateLimit::from_head(&head(&[
            ("x-ratelimit-limit-requests", "10"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "6m0s"),
            ("x-ratelimit-remaining-tokens", "99"),
        ]));
        let expected = RateLimit {
            limit: Some(10),
            remaining: Some(0),
            reset_ms: Some(360_000),
        };
        assert_eq!(limits, Some(expected));
    }

    #[test]
    fn secrets_that_a_server_repeats_are_masked() {
        let info = ResponseMetadata::from_head(&head(&[
            ("x-request-id", "r-sk-12345678"),
            ("x-higress-fallback-from", "sk-12345678"),
            ("req-cost-time", "42"),
        ]));
        let secrets = Secrets::default().with_possible_secrets(["sk-12345678"]);
        let masked = info.masked(&secrets);
        assert_eq!(masked.request_id.as_deref(), Some("r-***"));
        assert_eq!(masked.gateway.fallback_from.as_deref(), Some("***"));
        assert_eq!(masked.gateway.gateway_ms, Some(42));
    }

    #[test]
    fn headers_that_make_no_sense_are_no_facts() {
        let info =
            ResponseMetadata::from_head(&head(&[("req-cost-time", "soon"), ("x-request-id", "")]));
        assert_eq!(info, ResponseMetadata::default());
    }

    #[test]
    fn the_cache_and_the_guard_are_not_models() {
        let mut info = ResponseMetadata::default();
        info.set_model("from-cache", &Secrets::default());
        assert!(info.gateway.cached && info.model.is_none());
        info.set_model("from-security-guard", &Secrets::default());
        assert!(info.gateway.guarded && info.model.is_none());
        info.set_model("qwen-max", &Secrets::default());
        assert_eq!(info.model.as_deref(), Some("qwen-max"));
    }
}
