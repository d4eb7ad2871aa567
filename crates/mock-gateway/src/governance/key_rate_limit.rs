//! Higress key-rate-limit (C++): requests in a window of time for listed keys,
//! and a refusal that says nothing about when to retry.

use std::collections::BTreeMap;

use http::StatusCode;

use super::decision::Decision;
use super::fixed_windows::FixedWindows;
use super::limit::{Limit, first_header};
use crate::received_request::ReceivedRequest;
use crate::{local_reply, query};

/// The plugin's configuration on a route and its counters, which clones share.
///
/// The plugin refills its buckets on a timer; here a window opens with its
/// first request.
#[derive(Clone, Debug)]
pub struct KeyRateLimit {
    place: Place,
    limits: BTreeMap<String, Limit>,
    windows: FixedWindows,
}

#[derive(Clone, Debug)]
enum Place {
    Header(String),
    Parameter(String),
}

impl KeyRateLimit {
    /// Reads the key from this header (`limit_by_header`).
    #[must_use]
    pub fn by_header(name: impl Into<String>) -> Self {
        Self::new(Place::Header(name.into()))
    }

    /// Reads the key from this parameter, undecoded (`limit_by_param`).
    #[must_use]
    pub fn by_parameter(name: impl Into<String>) -> Self {
        Self::new(Place::Parameter(name.into()))
    }

    fn new(place: Place) -> Self {
        Self {
            place,
            limits: BTreeMap::new(),
            windows: FixedWindows::default(),
        }
    }

    /// Limits a key (`limit_keys`). Keys without a limit pass.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>, limit: Limit) -> Self {
        self.limits.insert(key.into(), limit);
        self
    }

    pub(super) fn check(&self, request: &ReceivedRequest, unix_milliseconds: u64) -> Decision {
        let key = match &self.place {
            Place::Header(name) => first_header(request, name),
            Place::Parameter(name) => {
                let query = request.query.as_deref().unwrap_or_default();
                query::raw_values(query, name).next().map(str::to_owned)
            }
        };
        let key = key.unwrap_or_default();
        let Some(limit) = self.limits.get(&key) else {
            return Decision::Pass;
        };
        if self.windows.take(key, *limit, 1, unix_milliseconds).left < 0 {
            let response = local_reply::text(StatusCode::TOO_MANY_REQUESTS, "rate_limited");
            Decision::respond(response)
        } else {
            Decision::Pass
        }
    }
}
