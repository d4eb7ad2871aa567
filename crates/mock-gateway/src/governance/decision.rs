//! What a plugin decides about a request, and what it then does with the
//! response.

use http::{HeaderName, HeaderValue};

use super::charge::Account;
use crate::response::MockResponse;

/// What a plugin decides about a request.
#[derive(Debug)]
pub(super) enum Decision {
    /// The request passes to the next plugin.
    Pass,
    /// The request passes, and the plugin changes or counts its response.
    Follow(FollowUp),
    /// The plugin responds itself.
    Respond(Box<MockResponse>),
}

impl Decision {
    /// To respond with this.
    pub(super) fn respond(response: MockResponse) -> Self {
        Self::Respond(Box::new(response))
    }
}

/// What a plugin does with the response to a request that passed.
#[derive(Debug)]
pub(super) enum FollowUp {
    /// Sets these headers.
    Headers([(HeaderName, HeaderValue); 2]),
    /// Charges the tokens that it reports, once it is sent completely.
    Charge(Account),
}
