//! A route's plugins in the gateway's order, and their effects on one request
//! and its response.

use std::cmp::Reverse;

use super::charge::Charge;
use super::decision::{Decision, FollowUp};
use super::{Governance, Stage, token_usage};
use crate::clock::Clock;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;

/// The plugins by descending priority; of equal ones the first added is called
/// first.
#[derive(Debug, Default)]
pub(crate) struct Chain(Vec<Governance>);

/// What the plugins that a request passed do with its response.
#[derive(Debug, Default)]
pub(crate) struct FollowUps(Vec<FollowUp>);

impl Chain {
    /// Adds a plugin at its place in the gateway's order.
    pub(crate) fn add(&mut self, plugin: Governance) {
        self.0.push(plugin);
        self.0.sort_by_key(|plugin| Reverse(plugin.priority()));
    }

    /// Calls the plugins of a stage until one responds.
    pub(crate) fn call(
        &self,
        stage: Stage,
        request: &ReceivedRequest,
        unix_milliseconds: u64,
        follow_ups: &mut FollowUps,
    ) -> Option<MockResponse> {
        for plugin in self.0.iter().filter(|plugin| plugin.stage() == stage) {
            match plugin.check(request, unix_milliseconds) {
                Decision::Pass => {}
                Decision::Follow(follow_up) => follow_ups.0.push(follow_up),
                Decision::Respond(response) => return Some(*response),
            }
        }
        None
    }
}

impl FollowUps {
    /// Applies the plugins' headers to the response, and returns its charges.
    /// The response may be a later plugin's local reply.
    pub(crate) fn apply(self, response: &mut MockResponse, clock: &Clock) -> Vec<Charge> {
        let mut charges = Vec::new();
        let tokens = token_usage::tokens_used(&response.steps);
        for follow_up in self.0 {
            match (follow_up, tokens) {
                (FollowUp::Headers(headers), _) => {
                    for (name, value) in headers {
                        response.headers.insert(name, value);
                    }
                }
                (FollowUp::Charge(account), Some(tokens)) => charges.push(Charge {
                    account,
                    tokens,
                    clock: clock.clone(),
                }),
                (FollowUp::Charge(_), None) => {}
            }
        }
        charges
    }
}
