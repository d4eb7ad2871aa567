//! Higress cluster-key-rate-limit: requests in a window of time.

use http::{HeaderName, HeaderValue, StatusCode};

use super::decision::{Decision, FollowUp};
use super::fixed_windows::{FixedWindows, Reading};
use super::limit::{Limit, LimitRule, first_fit};
use crate::local_reply;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The plugin's configuration on a route and its counters, which clones share.
#[derive(Clone, Debug)]
pub struct ClusterRateLimit {
    scope: Scope,
    status: StatusCode,
    text: String,
    quota_headers: QuotaHeaders,
    windows: FixedWindows,
}

#[derive(Clone, Debug)]
enum Scope {
    /// All requests together (`global_threshold`).
    Everyone(Limit),
    /// Requests that match a rule (`rule_items`).
    Rules(Vec<LimitRule>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QuotaHeaders {
    Hidden,
    Shown,
}

impl ClusterRateLimit {
    /// Limits all requests together. Requests over it are rejected with `429
    /// Too many requests`.
    #[must_use]
    pub fn for_everyone(limit: Limit) -> Self {
        Self::new(Scope::Everyone(limit))
    }

    /// Limits by rules, of which the first that matches applies. Requests over
    /// it are rejected with `429 Too many requests`.
    #[must_use]
    pub fn by_rules(rules: impl IntoIterator<Item = LimitRule>) -> Self {
        Self::new(Scope::Rules(rules.into_iter().collect()))
    }

    fn new(scope: Scope) -> Self {
        Self {
            scope,
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "Too many requests".to_owned(),
            quota_headers: QuotaHeaders::Hidden,
            windows: FixedWindows::default(),
        }
    }

    /// Sets the refusal (`rejected_code`, `rejected_msg`).
    #[must_use]
    pub fn rejected_with(mut self, status: StatusCode, text: impl Into<String>) -> Self {
        self.status = status;
        self.text = text.into();
        self
    }

    /// Adds headers with the limit and the remainder
    /// (`show_limit_quota_header`).
    #[must_use]
    pub fn show_limit_quota_header(mut self) -> Self {
        self.quota_headers = QuotaHeaders::Shown;
        self
    }

    pub(super) fn check(&self, request: &ReceivedRequest, unix_milliseconds: u64) -> Decision {
        let fit = match &self.scope {
            Scope::Everyone(limit) => Some((*limit, String::new())),
            Scope::Rules(rules) => first_fit(rules, request),
        };
        let Some((limit, key)) = fit else {
            return Decision::Pass;
        };
        let reading = self.windows.take(key, limit, 1, unix_milliseconds);
        let headers = [
            (LIMIT, HeaderValue::from(limit.count)),
            (REMAINING, HeaderValue::from(reading.left.max(0))),
        ];
        match (reading.left < 0, self.quota_headers) {
            (false, QuotaHeaders::Hidden) => Decision::Pass,
            (false, QuotaHeaders::Shown) => Decision::Follow(FollowUp::Headers(headers)),
            (true, QuotaHeaders::Hidden) => Decision::respond(self.refusal(reading)),
            (true, QuotaHeaders::Shown) => {
                let mut response = self.refusal(reading);
                response.headers.extend(headers);
                Decision::respond(response)
            }
        }
    }

    fn refusal(&self, reading: Reading) -> MockResponse {
        local_reply::text(self.status, self.text.clone())
            .header(RESET, HeaderValue::from(reading.resets_in))
    }
}
