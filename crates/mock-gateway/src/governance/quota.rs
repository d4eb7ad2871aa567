//! Higress ai-quota: a balance of tokens for each consumer, and paths on which
//! an administrator reads and sets it.

mod admin;
mod endpoint;

use http::StatusCode;

use super::balances::{BalanceAccount, Balances};
use super::charge::Account;
use super::decision::{Decision, FollowUp};
use super::limit::{CONSUMER, first_header};
use crate::local_reply;
use crate::received_request::ReceivedRequest;
use endpoint::{Action, Endpoint};

/// The plugin's configuration on a route and its balances, which clones share.
#[derive(Clone, Debug)]
pub struct Quota {
    admin_consumer: String,
    admin_path: String,
    balances: Balances,
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
        match Endpoint::of(&request.path, &self.admin_path) {
            Endpoint::Administration(action) => self.administer(action, &consumer, request),
            Endpoint::Completions => self.limit(consumer),
            Endpoint::Other => Decision::Pass,
        }
    }

    fn administer(&self, action: Action, caller: &str, request: &ReceivedRequest) -> Decision {
        if caller != self.admin_consumer {
            return forbidden("Request denied by ai quota check. Unauthorized admin consumer.");
        }
        admin::perform(action, request, &self.balances).map_or_else(forbidden, Decision::respond)
    }

    fn limit(&self, consumer: String) -> Decision {
        if self.left(&consumer).is_none_or(|left| left <= 0) {
            return forbidden("Request denied by ai quota check, No quota left");
        }
        Decision::Follow(FollowUp::Charge(Account::Quota(BalanceAccount {
            balances: self.balances.clone(),
            consumer,
        })))
    }
}

fn forbidden(text: &'static str) -> Decision {
    Decision::respond(local_reply::text(StatusCode::FORBIDDEN, text))
}
