//! Higress jwt-auth in its two flavours: a consumer is identified by the key
//! that its token is signed with.

mod token;

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};

use super::grant::Grant;
use super::refusal::Refusal;
use crate::query;
use crate::received_request::ReceivedRequest;
pub use token::JwtConsumer;

/// Default of `clock_skew_seconds`: how long a token is accepted after `exp`.
const DEFAULT_CLOCK_SKEW_SECONDS: u64 = 60;
/// The longest part of the target in a challenge, in bytes.
const LONGEST_TARGET: usize = 256;

/// The implementation of the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtFlavour {
    /// In C++: the texts are those of the verifier, and the challenge contains
    /// the URL.
    Cpp,
    /// In Go: the texts name the plugin.
    Go,
}

/// The plugin's configuration on a route. Tokens are signed with HS256.
#[derive(Clone, Debug)]
pub struct JwtAuth {
    flavour: JwtFlavour,
    places: Vec<Place>,
    consumers: Vec<JwtConsumer>,
    grant: Grant,
    clock_skew_seconds: u64,
}

#[derive(Clone, Debug)]
enum Place {
    Header { name: String, prefix: String },
    Parameter(String),
}

/// Why a token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Missing,
    Malformed,
    Expired,
    Unverified,
    NotGranted,
}

impl JwtAuth {
    /// A plugin that reads tokens from `authorization`, after `Bearer `, unless
    /// other places are added.
    #[must_use]
    pub fn new(flavour: JwtFlavour) -> Self {
        Self {
            flavour,
            places: Vec::new(),
            consumers: Vec::new(),
            grant: Grant::Everyone,
            clock_skew_seconds: DEFAULT_CLOCK_SKEW_SECONDS,
        }
    }

    /// Reads tokens from this header, after this prefix (`from_headers`).
    #[must_use]
    pub fn from_header(mut self, name: &str, prefix: &str) -> Self {
        self.places.push(Place::Header {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        });
        self
    }

    /// Reads tokens from this parameter of the query (`from_params`).
    #[must_use]
    pub fn from_parameter(mut self, name: &str) -> Self {
        self.places.push(Place::Parameter(name.to_owned()));
        self
    }

    /// Adds a consumer (`consumers`).
    #[must_use]
    pub fn consumer(mut self, consumer: JwtConsumer) -> Self {
        self.consumers.push(consumer);
        self
    }

    /// Sets which consumers the route serves (`allow`).
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Sets how long a token is accepted after `exp` (default 60 s).
    #[must_use]
    pub fn clock_skew_seconds(mut self, skew: u64) -> Self {
        self.clock_skew_seconds = skew;
        self
    }

    /// The calling consumer's name, or the refusal.
    pub(crate) fn admit(
        &self,
        request: &ReceivedRequest,
        unix_milliseconds: u64,
    ) -> Result<String, Refusal> {
        self.caller(request, unix_milliseconds / 1_000)
            .map_err(|fault| match self.flavour {
                JwtFlavour::Cpp => cpp_refusal(fault, request),
                JwtFlavour::Go => go_refusal(fault),
            })
    }

    fn caller(&self, request: &ReceivedRequest, unix_seconds: u64) -> Result<String, Fault> {
        let token = self.presented(request).ok_or(Fault::Missing)?;
        if token.split('.').count() != 3 {
            return Err(Fault::Malformed);
        }
        let verified = |known: &JwtConsumer| Some((known.name.clone(), known.verified(&token)?));
        let (consumer, claims) = self
            .consumers
            .iter()
            .find_map(verified)
            .ok_or(Fault::Unverified)?;
        let last_second = claims
            .exp
            .map(|end| end.saturating_add(self.clock_skew_seconds));
        if last_second.is_some_and(|end| unix_seconds > end) {
            Err(Fault::Expired)
        } else if self.grant.includes(&consumer) {
            Ok(consumer)
        } else {
            Err(Fault::NotGranted)
        }
    }

    /// The token in the first configured place that has one.
    fn presented(&self, request: &ReceivedRequest) -> Option<String> {
        if self.places.is_empty() {
            return in_header(request, header::AUTHORIZATION.as_str(), "Bearer ");
        }
        self.places.iter().find_map(|place| match place {
            Place::Header { name, prefix } => in_header(request, name, prefix),
            Place::Parameter(name) => {
                let query = request.query.as_deref().unwrap_or_default();
                let value = query::form_values(query, name).next();
                value.filter(|value| !value.is_empty())
            }
        })
    }
}

/// The value of a header after the prefix, unless it is empty.
fn in_header(request: &ReceivedRequest, name: &str, prefix: &str) -> Option<String> {
    let value = request.headers.get(name)?.to_str().ok()?;
    let token = value.strip_prefix(prefix)?;
    Some(token.to_owned()).filter(|token| !token.is_empty())
}

/// The texts of the verifier (`jwt_verify_lib`), and a challenge that contains
/// the URL.
fn cpp_refusal(fault: Fault, request: &ReceivedRequest) -> Refusal {
    let text = match fault {
        Fault::NotGranted => return Refusal::new(StatusCode::FORBIDDEN, "Access Denied"),
        Fault::Missing => "Jwt is missing",
        Fault::Malformed => {
            "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"
        }
        Fault::Expired => "Jwt is expired",
        Fault::Unverified => "Jwt verification fails",
    };
    let host = request.headers.get(header::HOST);
    let host = host.map_or(Cow::Borrowed(""), |host| {
        String::from_utf8_lossy(host.as_bytes())
    });
    let target = request.target.get(..LONGEST_TARGET);
    let target = target.unwrap_or(&request.target);
    let error = match fault {
        Fault::Missing => "",
        Fault::Malformed | Fault::Expired | Fault::Unverified | Fault::NotGranted => {
            ", error=\"invalid_token\""
        }
    };
    let challenge = format!("Bearer realm=\"http://{host}{target}\"{error}");
    challenged(StatusCode::UNAUTHORIZED, text, &challenge)
}

fn go_refusal(fault: Fault) -> Refusal {
    let (status, text) = match fault {
        Fault::Missing => (
            StatusCode::UNAUTHORIZED,
            "Request denied by JWT Auth check. JWT is missing.",
        ),
        Fault::Expired => (
            StatusCode::UNAUTHORIZED,
            "Request denied by JWT Auth check. JWT is expired.",
        ),
        Fault::Malformed | Fault::Unverified => (
            StatusCode::UNAUTHORIZED,
            "Request denied by JWT Auth check. JWT verification fails",
        ),
        Fault::NotGranted => (
            StatusCode::FORBIDDEN,
            "Request denied by JWT Auth check. Unauthorized consumer.",
        ),
    };
    challenged(status, text, "JWT realm=MSE Gateway")
}

fn challenged(status: StatusCode, text: &'static str, challenge: &str) -> Refusal {
    let refusal = Refusal::new(status, text);
    match HeaderValue::from_str(challenge) {
        Ok(challenge) => refusal.header(header::WWW_AUTHENTICATE, challenge),
        Err(_) => refusal,
    }
}
