//! Higress ai-token-ratelimit: tokens in a window of time. A response is
//! charged when it is over, so the request that exceeds the limit still
//! succeeds.

use http::{HeaderName, HeaderValue, StatusCode};

use super::charge::Account;
use super::decision::{Decision, FollowUp};
use super::fixed_windows::{FixedWindows, WindowAccount};
use super::limit::{LimitRule, first_fit};
use crate::local_reply;
use crate::received_request::ReceivedRequest;

const RESET: HeaderName = HeaderName::from_static("x-tokenratelimit-reset");

/// The plugin's configuration on a route and its counters, which clones share.
#[derive(Clone, Debug)]
pub struct TokenRateLimit {
    rules: Vec<LimitRule>,
    status: StatusCode,
    text: String,
    windows: FixedWindows,
}

impl TokenRateLimit {
    /// Limits by this rule. Requests over it are rejected with `429 Too many
    /// requests`.
    #[must_use]
    pub fn new(rule: LimitRule) -> Self {
        Self {
            rules: vec![rule],
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "Too many requests".to_owned(),
            windows: FixedWindows::default(),
        }
    }

    /// Adds a rule, for requests that match none before it.
    #[must_use]
    pub fn rule(mut self, rule: LimitRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Sets the refusal (`rejected_code`, `rejected_msg`).
    #[must_use]
    pub fn rejected_with(mut self, status: StatusCode, text: impl Into<String>) -> Self {
        self.status = status;
        self.text = text.into();
        self
    }

    /// Rejects a caller that used **more** than the limit; one that used
    /// exactly the limit passes once more.
    pub(super) fn check(&self, request: &ReceivedRequest, unix_milliseconds: u64) -> Decision {
        let Some((limit, key)) = first_fit(&self.rules, request) else {
            return Decision::Pass;
        };
        let reading = self.windows.take(key.clone(), limit, 0, unix_milliseconds);
        if reading.left < 0 {
            let response = local_reply::text(self.status, self.text.clone());
            return Decision::respond(response.header(RESET, HeaderValue::from(reading.resets_in)));
        }
        Decision::Follow(FollowUp::Charge(Account::TokenRateLimit(WindowAccount {
            windows: self.windows.clone(),
            key,
            limit,
        })))
    }
}
