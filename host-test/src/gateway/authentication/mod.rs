//! How a route finds out who calls: one file for each method.

pub(crate) mod key_auth;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::answer::Answer;
use super::arrival::Arrival;
use super::local_reply;
use key_auth::KeyAuth;

/// How callers of a route authenticate.
#[derive(Clone, Debug, Default)]
pub enum Authentication {
    /// Anybody is served.
    #[default]
    None,
    /// The key-auth plugin.
    KeyAuth(KeyAuth),
}

impl Authentication {
    /// The consumer who calls, if the method knows consumers, or the refusal.
    pub(crate) fn admit(&self, arrival: &Arrival) -> Result<Option<String>, Refusal> {
        match self {
            Self::None => Ok(None),
            Self::KeyAuth(method) => method.admit(arrival).map(Some),
        }
    }
}

/// Which of the known consumers a route serves (a plugin rule's `allow`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Grant {
    /// All of them.
    #[default]
    Everyone,
    /// Those of these names.
    Only(Vec<String>),
}

impl Grant {
    /// Whether the consumer of this name is served.
    #[must_use]
    pub fn includes(&self, consumer: &str) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(names) => names.iter().any(|name| name == consumer),
        }
    }
}

/// A plugin's reply to a caller it does not admit.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) text: &'static str,
    pub(crate) headers: HeaderMap,
}

impl Refusal {
    /// A refusal with this status and text.
    pub(crate) fn new(status: StatusCode, text: &'static str) -> Self {
        Self {
            status,
            text,
            headers: HeaderMap::new(),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The refusal as the gateway's own reply.
    pub(crate) fn into_answer(self) -> Answer {
        let mut answer = local_reply::text(self.status, self.text);
        answer.headers.extend(self.headers);
        answer
    }
}
