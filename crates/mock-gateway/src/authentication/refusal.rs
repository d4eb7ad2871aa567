//! Refusals: the responses to callers that a plugin rejects.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::local_reply;
use crate::response::MockResponse;

/// A plugin's response to a caller that it rejects.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// The body. An empty one has no content type.
    pub text: Cow<'static, str>,
    /// Headers besides those of every local reply.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal with this status and text.
    pub(crate) fn new(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            text: text.into(),
            headers: Vec::new(),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The refusal as a local reply.
    pub(crate) fn into_response(self) -> MockResponse {
        let mut response = local_reply::text(self.status, self.text);
        response.headers.extend(self.headers);
        response
    }
}
