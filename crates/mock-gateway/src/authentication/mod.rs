//! How a route authenticates its callers: one file for each method.

mod date_header;
mod grant;
mod hmac;
pub(crate) mod hmac_auth;
pub(crate) mod hmac_auth_apisix;
mod hmac_consumer;
pub(crate) mod jwt;
pub(crate) mod key_auth;
mod refusal;

use super::received_request::ReceivedRequest;
use super::wire_request::WireRequest;
pub use grant::Grant;
pub use hmac::HmacAlgorithm;
use hmac_auth::HmacAuth;
use hmac_auth_apisix::HmacAuthApisix;
pub use hmac_consumer::HmacConsumer;
use jwt::JwtAuth;
use key_auth::KeyAuth;
pub use refusal::Refusal;

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
