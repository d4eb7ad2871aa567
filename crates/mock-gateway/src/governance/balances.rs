//! Balances of tokens, which ai-quota keeps in Redis.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The balance of each consumer. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Balances(Arc<Mutex<BTreeMap<String, i64>>>);

impl Balances {
    /// A consumer's balance; `None` if it was never set.
    pub(super) fn left(&self, consumer: &str) -> Option<i64> {
        let balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balances.get(consumer).copied()
    }

    /// Sets a balance.
    pub(super) fn set(&self, consumer: &str, tokens: i64) {
        let mut balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balances.insert(consumer.to_owned(), tokens);
    }

    /// Adds to a balance, which is 0 if it was not set.
    pub(super) fn add(&self, consumer: &str, tokens: i64) {
        let mut balances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let balance = balances.entry(consumer.to_owned()).or_default();
        *balance = balance.saturating_add(tokens);
    }
}

/// A consumer's balance.
#[derive(Clone, Debug)]
pub(super) struct BalanceAccount {
    pub(super) balances: Balances,
    pub(super) consumer: String,
}

impl BalanceAccount {
    /// Charges a response, also below zero.
    pub(super) fn take(self, tokens: u64) {
        let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
        self.balances.add(&self.consumer, tokens.saturating_neg());
    }
}
