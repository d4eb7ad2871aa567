//! Higress replay-protection: each nonce is accepted once. It is called before
//! authentication, so a request that authentication rejects has used up its
//! nonce.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use super::decision::Decision;
use super::limit::first_header;
use crate::local_reply;
use crate::received_request::ReceivedRequest;

/// The plugin's configuration on a route and the nonces it has accepted, which
/// clones share.
#[derive(Clone, Debug)]
pub struct ReplayProtection {
    header: String,
    absence: Absence,
    alphabet: Alphabet,
    lifetime_seconds: u64,
    shortest: usize,
    longest: usize,
    status: StatusCode,
    text: String,
    /// Until when (milliseconds since 1970) a nonce is remembered.
    seen: Arc<Mutex<HashMap<String, u64>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    Allowed,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alphabet {
    Any,
    Base64,
}

impl Default for ReplayProtection {
    fn default() -> Self {
        Self {
            header: "x-higress-nonce".to_owned(),
            absence: Absence::Allowed,
            alphabet: Alphabet::Any,
            lifetime_seconds: 900,
            shortest: 8,
            longest: 128,
            status: StatusCode::TOO_MANY_REQUESTS,
            text: "Replay Attack Detected".to_owned(),
            seen: Arc::default(),
        }
    }
}

impl ReplayProtection {
    /// The plugin's defaults: nonces of 8 to 128 bytes in `x-higress-nonce`,
    /// remembered for 900 s and not required.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads nonces from this header (`nonce_header`).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = name.into();
        self
    }

    /// Rejects requests without a nonce (`force_nonce`).
    #[must_use]
    pub fn force_nonce(mut self) -> Self {
        self.absence = Absence::Refused;
        self
    }

    /// Rejects nonces with characters outside Base64 (`validate_base64`).
    #[must_use]
    pub fn validate_base64(mut self) -> Self {
        self.alphabet = Alphabet::Base64;
        self
    }

    /// Sets how long nonces are remembered (`nonce_ttl`).
    #[must_use]
    pub fn lifetime_seconds(mut self, lifetime: u64) -> Self {
        self.lifetime_seconds = lifetime;
        self
    }

    /// Sets the shortest and longest nonce in bytes (`nonce_min_length`,
    /// `nonce_max_length`).
    #[must_use]
    pub fn length(mut self, shortest: usize, longest: usize) -> Self {
        self.shortest = shortest;
        self.longest = longest;
        self
    }

    /// Sets the refusal of a nonce that was used (`reject_code`, `reject_msg`).
    #[must_use]
    pub fn rejected_with(mut self, status: StatusCode, text: impl Into<String>) -> Self {
        self.status = status;
        self.text = text.into();
        self
    }

    pub(super) fn check(&self, request: &ReceivedRequest, unix_milliseconds: u64) -> Decision {
        let nonce = first_header(request, &self.header).unwrap_or_default();
        let refused = |text| Decision::respond(local_reply::text(StatusCode::BAD_REQUEST, text));
        match (nonce.is_empty(), self.absence) {
            (true, Absence::Allowed) => Decision::Pass,
            (true, Absence::Refused) => refused("Missing Required Header"),
            (false, _) if !self.is_valid(&nonce) => refused("Invalid Nonce"),
            (false, _) if self.is_new(nonce, unix_milliseconds) => Decision::Pass,
            (false, _) => Decision::respond(local_reply::text(self.status, self.text.clone())),
        }
    }

    fn is_valid(&self, nonce: &str) -> bool {
        let fits = match self.alphabet {
            Alphabet::Any => true,
            Alphabet::Base64 => nonce.bytes().all(is_base64),
        };
        fits && (self.shortest..=self.longest).contains(&nonce.len())
    }

    /// Remembers the nonce; whether it was new.
    fn is_new(&self, nonce: String, unix_milliseconds: u64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until > unix_milliseconds);
        let lifetime = self.lifetime_seconds.saturating_mul(1_000);
        seen.insert(nonce, unix_milliseconds.saturating_add(lifetime))
            .is_none()
    }
}

/// The plugin's pattern, which also accepts a hyphen, and `=` anywhere.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-')
}
