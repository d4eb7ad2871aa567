//! Higress ai-quota: a balance of tokens for each consumer, and paths on which
//! an administrator reads and sets it.

mod admin;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use super::limit::{CONSUMER, first_header};
use super::{Account, Decision, FollowUp};
use crate::local_reply;
use crate::received_request::ReceivedRequest;

/// The path that the plugin limits, under any base path.
const COMPLETIONS: &str = "/v1/chat/completions";

/// The plugin's configuration on a route and its balances, which clones share.
#[derive(Clone, Debug)]
pub struct Quota {
    admin_consumer: String,
    admin_path: String,
    balances: Balances,
}

/// The balance of each consumer.
#[derive(Clone, Debug, Default)]
struct Balances(Arc<Mutex<BTreeMap<String, i64>>>);

impl Balances {
    fn left(&self, consumer: &str) -> Option<i64> {
        let balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balances.get(consumer).copied()
    }

    fn set(&self, consumer: &str, tokens: i64) {
        let mut balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balances.insert(consumer.to_owned(), tokens);
    }

    /// Adds to a balance, which is 0 if it was not set.
    fn add(&self, consumer: &str, tokens: i64) {
        let mut balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let balance = balances.entry(consumer.to_owned()).or_default();
        *balance = balance.saturating_add(tokens);
    }
}

/// A consumer's balance.
#[derive(Clone, Debug)]
pub(super) struct QuotaAccount {
    balances: Balances,
    consumer: String,
}

impl QuotaAccount {
    /// Charges a response, also below zero.
    pub(super) fn take(self, tokens: u64) {
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        self.balances.add(&self.consumer, tokens.saturating_neg());
    }
}

impl Quota {
    /// Limits all consumers; this one may read and set their balances.
    #[must_use]
    pub fn new(admin_consumer: impl Into<String>) -> Self {
        Self {
            admin_consumer: admin_consumer.into(),
            admin_path: "/quota".to_owned(),
            balances: Balances::default(),
        }
    }

    /// Sets the administrator's path after `/v1/chat/completions`
    /// (`admin_path`; `/quota` by default).
    #[must_use]
    pub fn admin_path(mut self, path: impl Into<String>) -> Self {
        self.admin_path = path.into();
        self
    }

    /// Sets a consumer's balance in tokens. A consumer without one is rejected.
    #[must_use]
    pub fn balance(self, consumer: &str, tokens: i64) -> Self {
        self.balances.set(consumer, tokens);
        self
    }

    /// A consumer's balance in tokens; `None` if it was never set.
    #[must_use]
    pub fn left(&self, consumer: &str) -> Option<i64> {
        self.balances.left(consumer)
    }

    /// Paths other than chat completions pass once the consumer is known.
    pub(super) fn check(&self, request: &ReceivedRequest) -> Decision {
        let Some(consumer) = first_header(request, CONSUMER) else {
            let text = "Request denied by ai quota check. No Key Authentication information found.";
            return Decision::respond(local_reply::text(StatusCode::UNAUTHORIZED, text));
        };
        if consumer.is_empty() {
            return forbidden("Request denied by ai quota check. Unauthorized consumer.");
        }
        if let Some(action) = admin::action(&request.path, &self.admin_path) {
            return self.administer(action, &consumer, request);
        }
        if !request.path.ends_with(COMPLETIONS) {
            return Decision::Pass;
        }
        if self.left(&consumer).is_none_or(|left| left <= 0) {
            return forbidden("Request denied by ai quota check, No quota left");
        }
        Decision::Follow(FollowUp::Charge(Account::Quota(QuotaAccount {
            balances: self.balances.clone(),
            consumer,
        })))
    }
}

fn forbidden(text: &'static str) -> Decision {
    Decision::respond(local_reply::text(StatusCode::FORBIDDEN, text))
}
