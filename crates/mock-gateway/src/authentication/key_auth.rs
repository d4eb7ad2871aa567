//! Higress key-auth in its two flavours: a consumer is identified by a key in a
//! header or in the query.

use http::{HeaderValue, StatusCode, header};

use super::grant::Grant;
use super::refusal::Refusal;
use crate::query;
use crate::received_request::ReceivedRequest;

/// The challenge of both flavours when no realm is configured.
const KEY_CHALLENGE: &str = "Key realm=MSE Gateway";
/// The C++ flavour names the wrong scheme to a caller that has no grant.
const BASIC_CHALLENGE: &str = "Basic realm=MSE Gateway";
/// A header that the C++ flavour reads besides the configured names.
const ORIGINAL_AUTHORIZATION: &str = "x-hi-original-auth";

/// The implementation of the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyAuthFlavour {
    /// In C++, the one deployed by default: empty bodies; an unknown key is a
    /// 401.
    Cpp,
    /// In Go: bodies with texts; an unknown key is a 403, as is a consumer
    /// without a grant.
    Go,
}

/// Where keys are read from (`in_header` and `in_query`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// In headers.
    Header,
    /// In query parameters.
    Query,
    /// In both. The C++ flavour reads a parameter where the header is absent;
    /// the Go flavour then reads no parameters at all.
    HeaderAndQuery,
}

/// The plugin's configuration on a route.
#[derive(Clone, Debug)]
pub struct KeyAuth {
    flavour: KeyAuthFlavour,
    source: KeySource,
    names: Vec<String>,
    consumers: Vec<Consumer>,
    grant: Grant,
}

#[derive(Clone, Debug)]
struct Consumer {
    name: String,
    credential: String,
}

impl KeyAuth {
    /// A plugin that reads keys under this name, such as from the header
    /// `authorization`.
    #[must_use]
    pub fn new(flavour: KeyAuthFlavour, source: KeySource, name: impl Into<String>) -> Self {
        Self {
            flavour,
            source,
            names: vec![name.into()],
            consumers: Vec::new(),
            grant: Grant::Everyone,
        }
    }

    /// Reads keys under this name too.
    #[must_use]
    pub fn also_named(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Adds a consumer. The **whole** value is compared: for `Authorization:
    /// Bearer sk-x` the credential is `Bearer sk-x`.
    #[must_use]
    pub fn consumer(mut self, name: impl Into<String>, credential: impl Into<String>) -> Self {
        self.consumers.push(Consumer {
            name: name.into(),
            credential: credential.into(),
        });
        self
    }

    /// Sets which consumers the route serves (`allow`).
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// The calling consumer's name, or the refusal.
    pub(crate) fn admit(&self, request: &ReceivedRequest) -> Result<String, Refusal> {
        match self.flavour {
            KeyAuthFlavour::Cpp => self.admit_as_cpp(request),
            KeyAuthFlavour::Go => self.admit_as_go(request),
        }
    }

    /// The C++ flavour: the first consumer, by any name, whose key is in the
    /// request. Other keys do not matter.
    fn admit_as_cpp(&self, request: &ReceivedRequest) -> Result<String, Refusal> {
        let names = || {
            self.names
                .iter()
                .map(String::as_str)
                .chain([ORIGINAL_AUTHORIZATION])
        };
        let presents = |consumer: &&Consumer| {
            names()
                .any(|name| self.cpp_credential(request, name) == Some(consumer.credential.clone()))
        };
        match self.consumers.iter().find(presents) {
            None => Err(challenged(StatusCode::UNAUTHORIZED, "", KEY_CHALLENGE)),
            Some(known) if self.grant.includes(&known.name) => Ok(known.name.clone()),
            Some(_) => Err(challenged(StatusCode::FORBIDDEN, "", BASIC_CHALLENGE)),
        }
    }

    fn cpp_credential(&self, request: &ReceivedRequest, name: &str) -> Option<String> {
        let in_header = || header_value(request, name);
        let in_query = || {
            let query = request.query.as_deref()?;
            let value = query::percent_decoded_values(query, name).next();
            value.filter(|value| !value.is_empty())
        };
        match self.source {
            KeySource::Header => in_header(),
            KeySource::Query => in_query(),
            KeySource::HeaderAndQuery => in_header().or_else(in_query),
        }
    }

    /// The Go flavour: the request must have exactly one key, which is then
    /// looked up.
    fn admit_as_go(&self, request: &ReceivedRequest) -> Result<String, Refusal> {
        let credentials = self.go_credentials(request);
        let credential = match credentials.as_slice() {
            [credential] => credential,
            [] => return Err(go_refusal(StatusCode::UNAUTHORIZED, NO_KEY)),
            _ => return Err(go_refusal(StatusCode::UNAUTHORIZED, SEVERAL_KEYS)),
        };
        self.consumers
            .iter()
            .find(|consumer| consumer.credential == *credential)
            .filter(|consumer| self.grant.includes(&consumer.name))
            .map(|consumer| consumer.name.clone())
            .ok_or_else(|| go_refusal(StatusCode::FORBIDDEN, UNAUTHORIZED_CONSUMER))
    }

    fn go_credentials(&self, request: &ReceivedRequest) -> Vec<String> {
        let names = self.names.iter();
        match self.source {
            KeySource::Header | KeySource::HeaderAndQuery => names
                .filter_map(|name| header_value(request, name))
                .collect(),
            KeySource::Query => {
                let query = request.query.as_deref().unwrap_or_default();
                names
                    .flat_map(|name| query::form_values(query, name))
                    .collect()
            }
        }
    }
}

const NO_KEY: &str = "Request denied by Key Auth check. No Key Authentication information found.";
const SEVERAL_KEYS: &str =
    "Request denied by Key Auth check. Multi Key Authentication information found.";
const UNAUTHORIZED_CONSUMER: &str = "Request denied by Key Auth check. Unauthorized consumer.";

/// A header's first value; an empty one counts as absent.
fn header_value(request: &ReceivedRequest, name: &str) -> Option<String> {
    let value = request.headers.get(name)?;
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    Some(text).filter(|text| !text.is_empty())
}

fn go_refusal(status: StatusCode, text: &'static str) -> Refusal {
    challenged(status, text, KEY_CHALLENGE)
}

fn challenged(status: StatusCode, text: &'static str, challenge: &'static str) -> Refusal {
    Refusal::new(status, text).header(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    )
}
