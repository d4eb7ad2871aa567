//! Flow control of Alibaba Cloud's AI gateway, as documented: requests in a
//! window of time, and a refusal that says nothing about when to retry.

use http::StatusCode;

use super::decision::Decision;
use super::fixed_windows::FixedWindows;
use super::limit::Limit;
use crate::local_reply;

/// The rule of a route and its counter, which clones share.
#[derive(Clone, Debug)]
pub struct FlowControl {
    limit: Limit,
    status: StatusCode,
    text: String,
    windows: FixedWindows,
}

impl FlowControl {
    /// Limits all requests together. Requests over it are rejected with `429
    /// Too many requests`.
    #[must_use]
    pub fn new(limit: Limit) -> Self {
        Self {
            limit,
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "Too many requests".to_owned(),
            windows: FixedWindows::default(),
        }
    }

    /// Sets the refusal.
    #[must_use]
    pub fn rejected_with(mut self, status: StatusCode, text: impl Into<String>) -> Self {
        self.status = status;
        self.text = text.into();
        self
    }

    pub(super) fn check(&self, unix_milliseconds: u64) -> Decision {
        let reading = self
            .windows
            .take(String::new(), self.limit, 1, unix_milliseconds);
        if reading.left < 0 {
            Decision::respond(local_reply::text(self.status, self.text.clone()))
        } else {
            Decision::Pass
        }
    }
}
