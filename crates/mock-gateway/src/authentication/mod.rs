//! How a route authenticates its callers: one file for each method.

mod date_header;
mod hmac;
pub(crate) mod hmac_auth;
pub(crate) mod hmac_auth_apisix;
mod hmac_consumer;
pub(crate) mod jwt;
pub(crate) mod key_auth;

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode};

use super::local_reply;
use super::received_request::ReceivedRequest;
use super::response::MockResponse;
use super::wire_request::WireRequest;
pub use hmac::HmacAlgorithm;
use hmac_auth::HmacAuth;
use hmac_auth_apisix::HmacAuthApisix;
pub use hmac_consumer::HmacConsumer;
use jwt::JwtAuth;
use key_auth::KeyAuth;

/// How callers of a route authenticate.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Authentication {
    /// No authentication.
    #[default]
    None,
    /// The key-auth plugin.
    KeyAuth(KeyAuth),
    /// The jwt-auth plugin.
    JwtAuth(JwtAuth),
    /// The hmac-auth plugin.
    HmacAuth(HmacAuth),
    /// The hmac-auth-apisix plugin.
    HmacAuthApisix(HmacAuthApisix),
}

impl Authentication {
    /// The calling consumer at this time (milliseconds since 1970), if the
    /// method has consumers, or the refusal.
    pub(crate) fn admit(
        &self,
        request: &ReceivedRequest,
        unix_milliseconds: u64,
    ) -> Result<Option<String>, Refusal> {
        let wire = || WireRequest::from(request);
        match self {
            Self::None => Ok(None),
            Self::KeyAuth(method) => method.admit(request).map(Some),
            Self::JwtAuth(method) => method.admit(request, unix_milliseconds).map(Some),
            Self::HmacAuth(method) => method.verify(&wire(), unix_milliseconds),
            Self::HmacAuthApisix(method) => method.verify(&wire(), unix_milliseconds).map(Some),
        }
    }
}

/// Which consumers a route serves (the `allow` of a plugin's rule).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grant {
    /// All of them.
    #[default]
    Everyone,
    /// Consumers of these names.
    Only(Vec<String>),
}

impl Grant {
    /// Whether a consumer is served.
    #[must_use]
    pub fn includes(&self, consumer: &str) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(names) => names.iter().any(|name| name == consumer),
        }
    }
}

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
