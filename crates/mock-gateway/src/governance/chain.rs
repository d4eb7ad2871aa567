//! A route's plugins in the gateway's order, and what they do to one request
//! and its response.

use std::cmp::Reverse;

use super::{Charge, Decision, FollowUp, Governance, Stage, token_usage};
use crate::clock::Clock;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;

/// The plugins, by falling priority; of equal ones the first added is called
/// first.
#[derive(Debug, Default)]
pub(crate) struct Chain(Vec<Governance>);

/// A request on its way through a chain.
#[derive(Debug, Default)]
pub(crate) struct Passage {
    /// In the order in which the plugins were called.
    follow_ups: Vec<FollowUp>,
}

impl Chain {
    /// Puts a plugin where the gateway would call it.
    pub(crate) fn add(&mut self, plugin: Governance) {
        self.0.push(plugin);
        self.0.sort_by_key(|plugin| Reverse(plugin.priority()));
    }

    /// Calls the plugins of a stage until one answers.
    pub(crate) fn call(
        &self,
        stage: Stage,
        request: &ReceivedRequest,
        unix_milliseconds: u64,
        passage: &mut Passage,
    ) -> Option<MockResponse> {
        for plugin in self.0.iter().filter(|plugin| plugin.stage() == stage) {
            match plugin.check(request, unix_milliseconds) {
                Decision::Pass => {}
                Decision::Follow(follow_up) => passage.follow_ups.push(follow_up),
                Decision::Respond(response) => return Some(*response),
            }
        }
        None
    }
}

impl Passage {
    /// Does to the response what the plugins passed by do, and says what it will
    /// cost once it is sent whole. A local reply of a later plugin is no
    /// exception.
    pub(crate) fn follow_up(self, response: &mut MockResponse, clock: &Clock) -> Vec<Charge> {
        let mut charges = Vec::new();
        let tokens = token_usage::tokens_used(&response.steps);
        for follow_up in self.follow_ups {
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
