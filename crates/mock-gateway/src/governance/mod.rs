//! Plugins that limit a route's traffic: one file for each, and the chain that
//! calls them in the gateway's order.

mod balances;
pub(crate) mod chain;
pub(crate) mod charge;
pub(crate) mod cluster_rate_limit;
mod decision;
mod fixed_windows;
pub(crate) mod flow_control;
pub(crate) mod key_rate_limit;
pub(crate) mod limit;
pub(crate) mod quota;
pub(crate) mod replay_protection;
pub(crate) mod token_rate_limit;
mod token_usage;

use super::received_request::ReceivedRequest;
use cluster_rate_limit::ClusterRateLimit;
use decision::Decision;
use flow_control::FlowControl;
use key_rate_limit::KeyRateLimit;
use quota::Quota;
use replay_protection::ReplayProtection;
use token_rate_limit::TokenRateLimit;

/// A plugin of a route that limits its traffic.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Governance {
    /// replay-protection: each nonce is accepted once.
    ReplayProtection(ReplayProtection),
    /// ai-quota: a balance of tokens for each consumer.
    Quota(Quota),
    /// ai-token-ratelimit: tokens in a window of time.
    TokenRateLimit(TokenRateLimit),
    /// cluster-key-rate-limit: requests in a window of time.
    ClusterRateLimit(ClusterRateLimit),
    /// key-rate-limit: requests in a window of time, for listed keys.
    KeyRateLimit(KeyRateLimit),
    /// The cloud gateway's flow control: requests in a window of time.
    FlowControl(FlowControl),
}

/// Whether a plugin is called before or after authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    BeforeAuthentication,
    AfterAuthentication,
}

impl Governance {
    /// When the plugin is called.
    const fn stage(&self) -> Stage {
        match self {
            Self::ReplayProtection(_) => Stage::BeforeAuthentication,
            Self::Quota(_)
            | Self::TokenRateLimit(_)
            | Self::ClusterRateLimit(_)
            | Self::KeyRateLimit(_)
            | Self::FlowControl(_) => Stage::AfterAuthentication,
        }
    }

    /// The priority in the console's plugin specifications; higher is called
    /// earlier. That of flow control is not published: it is called first.
    const fn priority(&self) -> u16 {
        match self {
            Self::ReplayProtection(_) => 800,
            Self::FlowControl(_) => 1_000,
            Self::Quota(_) => 750,
            Self::TokenRateLimit(_) => 600,
            Self::ClusterRateLimit(_) => 20,
            Self::KeyRateLimit(_) => 10,
        }
    }

    fn check(&self, request: &ReceivedRequest, unix_milliseconds: u64) -> Decision {
        match self {
            Self::ReplayProtection(plugin) => plugin.check(request, unix_milliseconds),
            Self::Quota(plugin) => plugin.check(request),
            Self::TokenRateLimit(plugin) => plugin.check(request, unix_milliseconds),
            Self::ClusterRateLimit(plugin) => plugin.check(request, unix_milliseconds),
            Self::KeyRateLimit(plugin) => plugin.check(request, unix_milliseconds),
            Self::FlowControl(plugin) => plugin.check(unix_milliseconds),
        }
    }
}

macro_rules! from_plugin {
    ($($plugin:ident),*) => {
        $(impl From<$plugin> for Governance {
            fn from(plugin: $plugin) -> Self {
                Self::$plugin(plugin)
            }
        })*
    };
}

from_plugin!(
    ReplayProtection,
    Quota,
    TokenRateLimit,
    ClusterRateLimit,
    KeyRateLimit,
    FlowControl
);
