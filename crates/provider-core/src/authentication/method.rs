//! The methods of authentication, as `consumer_auth_mode` names them.

use super::signing_context::SigningContext;
use super::signing_key::SigningKey;
use super::token::Token;
use super::{hmac, hmac_apisix};
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http::Request;
use crate::secret::Secret;

/// A method of authentication and its secrets.
#[derive(Clone)]
pub enum Authentication {
    /// No authentication; the route is open.
    Disabled,
    /// An API key or a JWT, sent unchanged.
    Token(Token),
    /// A signature in the headers `x-ca-*`: Higress `hmac-auth`.
    Hmac(SigningKey),
    /// A signature in `authorization`: Higress `hmac-auth-apisix`.
    HmacApisix(SigningKey),
}

/// The options of `consumer_auth_mode`.
#[derive(Clone, Copy)]
enum Mode {
    Disabled,
    ApiKey,
    Jwt,
    Hmac,
    HmacApisix,
}

impl Authentication {
    /// Parses the chosen method and its variables.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if the method is unknown or one of its variables
    /// is missing. A selected method never results in an unauthenticated
    /// request.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let mode = form.choice(
            variables::CONSUMER_AUTH_MODE,
            &[
                ("disabled", Mode::Disabled),
                ("api_key", Mode::ApiKey),
                ("hmac", Mode::Hmac),
                ("jwt", Mode::Jwt),
                ("hmac_apisix", Mode::HmacApisix),
            ],
        )?;
        Ok(match mode {
            Mode::Disabled => Self::Disabled,
            Mode::ApiKey => Self::Token(Token::parse(form, variables::API_KEY)?),
            Mode::Jwt => Self::Token(Token::parse(form, variables::JWT)?),
            Mode::Hmac => Self::Hmac(SigningKey::parse(form)?),
            Mode::HmacApisix => Self::HmacApisix(hmac_apisix::parse_key(form)?),
        })
    }

    /// Adds the authentication that is the same for every attempt.
    pub fn apply(&self, request: &mut Request) {
        match self {
            Self::Token(token) => token.apply(request),
            Self::Disabled | Self::Hmac(_) | Self::HmacApisix(_) => {}
        }
    }

    /// The signature headers for one attempt, to send once in addition to the
    /// request's headers.
    #[must_use]
    pub fn sign(&self, request: &Request, context: &SigningContext) -> Vec<(String, String)> {
        match self {
            Self::Disabled | Self::Token(_) => Vec::new(),
            Self::Hmac(key) => hmac::sign(key, request, context),
            Self::HmacApisix(key) => hmac_apisix::sign(key, request, context),
        }
    }

    /// Whether the signature contains a [nonce](SigningContext::nonce).
    #[must_use]
    pub fn has_nonce(&self) -> bool {
        match self {
            Self::Hmac(_) => true,
            Self::Disabled | Self::Token(_) | Self::HmacApisix(_) => false,
        }
    }

    /// The name of the key, which the form treats as secret.
    #[must_use]
    pub fn key_name(&self) -> Option<&str> {
        match self {
            Self::Disabled | Self::Token(_) => None,
            Self::Hmac(key) | Self::HmacApisix(key) => Some(&key.name),
        }
    }

    /// The secrets of the method.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Disabled => Vec::new(),
            Self::Token(token) => vec![token.secret()],
            Self::Hmac(key) | Self::HmacApisix(key) => vec![&key.secret],
        }
    }

    /// Whether the method sets this header, which must not be set otherwise.
    #[must_use]
    pub fn owns_header(&self, name: &str) -> bool {
        match self {
            Self::Disabled => false,
            Self::Token(token) => token.owns_header(name),
            Self::Hmac(_) => name == "date" || name == "content-md5",
            Self::HmacApisix(_) => ["authorization", "date", "digest"].contains(&name),
        }
    }
}
