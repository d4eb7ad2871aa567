//! Charges: the tokens of a response, and the account of the plugin that they
//! are charged to.

use super::balances::BalanceAccount;
use super::fixed_windows::WindowAccount;
use crate::clock::Clock;

/// The account that tokens are charged to.
#[derive(Clone, Debug)]
pub(super) enum Account {
    Quota(BalanceAccount),
    TokenRateLimit(WindowAccount),
}

/// Tokens to be charged once a response is sent completely.
#[derive(Debug)]
pub(crate) struct Charge {
    pub(super) account: Account,
    pub(super) tokens: u64,
    pub(super) clock: Clock,
}

impl Charge {
    /// Charges the tokens.
    pub(crate) fn collect(self) {
        match self.account {
            Account::Quota(account) => account.take(self.tokens),
            Account::TokenRateLimit(account) => {
                account.take(self.tokens, self.clock.unix_milliseconds());
            }
        }
    }
}
