//! Higress `hmac-auth`: the `x-ca-*` signatures of Alibaba Cloud's API
//! gateway, checked in the order of the plugin in C++.

mod freshness;
mod parameters;
mod string_to_sign;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use http::{HeaderName, HeaderValue, StatusCode};

use super::grant::Grant;
use super::hmac::{HmacAlgorithm, hmac_base64, md5};
use super::hmac_consumer::HmacConsumer;
use super::refusal::Refusal;
use crate::wire_request::WireRequest;
use freshness::is_fresh;
use string_to_sign::string_to_sign;

/// `connectionBufferLimits` of a default install.
const DEFAULT_BUFFER_LIMIT_BYTES: usize = 32 * 1024;
/// The plugin's own limit.
const BODY_LIMIT_BYTES: usize = 32 * 1024 * 1024;
const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// The plugin's configuration on a route. It ignores nonces, which are
/// `replay-protection`'s, and checks no date unless an offset is set.
#[derive(Clone, Debug)]
pub struct HmacAuth {
    callers: BTreeMap<String, Caller>,
    grant: Grant,
    date_offset_seconds: u64,
    buffer_limit_bytes: usize,
}

#[derive(Clone, Debug)]
struct Caller {
    secret: String,
    /// `None` for a bare credential.
    consumer: Option<String>,
}

/// An invalid configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HmacAuthConfigError {
    /// Two callers have the same key.
    #[error("two callers have the key {0:?}")]
    DuplicateKey(String),
    /// There is no caller.
    #[error("no caller is configured; add a consumer or a credential")]
    NoCallers,
}

impl HmacAuth {
    /// A plugin with callers that have a name (`consumers`): grants apply to
    /// them, and the later plugins read their names.
    ///
    /// # Errors
    ///
    /// If two have the same key, or there is none. An empty secret is accepted.
    pub fn for_consumers(
        consumers: impl IntoIterator<Item = HmacConsumer>,
    ) -> Result<Self, HmacAuthConfigError> {
        Self::new(consumers.into_iter().map(|known| {
            let consumer = Some(known.name);
            (known.key, known.secret, consumer)
        }))
    }

    /// A plugin with callers that have a key only (`credentials`, pairs of key
    /// and secret): they have no name, and need no grant.
    ///
    /// # Errors
    ///
    /// As for [`for_consumers`](Self::for_consumers).
    pub fn for_credentials<Text: Into<String>>(
        credentials: impl IntoIterator<Item = (Text, Text)>,
    ) -> Result<Self, HmacAuthConfigError> {
        Self::new(
            credentials
                .into_iter()
                .map(|(key, secret)| (key.into(), secret.into(), None)),
        )
    }

    fn new(
        known: impl Iterator<Item = (String, String, Option<String>)>,
    ) -> Result<Self, HmacAuthConfigError> {
        let mut callers = BTreeMap::new();
        for (key, secret, consumer) in known {
            match callers.entry(key) {
                Entry::Vacant(place) => place.insert(Caller { secret, consumer }),
                Entry::Occupied(place) => {
                    return Err(HmacAuthConfigError::DuplicateKey(place.key().clone()));
                }
            };
        }
        if callers.is_empty() {
            return Err(HmacAuthConfigError::NoCallers);
        }
        Ok(Self {
            callers,
            grant: Grant::Everyone,
            date_offset_seconds: 0,
            buffer_limit_bytes: DEFAULT_BUFFER_LIMIT_BYTES,
        })
    }

    /// Sets which consumers the route serves (`allow`).
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Sets how far a request's time may be from the gateway's clock, in
    /// seconds (`date_offset`). With 0, the default, it is not checked.
    #[must_use]
    pub fn date_offset_seconds(mut self, offset: u64) -> Self {
        self.date_offset_seconds = offset;
        self
    }

    /// Sets the connection's buffer (32 KiB in a default install; the model
    /// router raises it to 100 MiB). A larger body is rejected if the plugin
    /// buffers it: with `content-md5`, or if it is a form.
    #[must_use]
    pub fn buffer_limit(mut self, bytes: usize) -> Self {
        self.buffer_limit_bytes = bytes;
        self
    }

    /// Verifies a request at a time (milliseconds since 1970), and returns the
    /// calling consumer, or `None` for a bare credential.
    ///
    /// The signature of a form is verified with its body, so that of a form
    /// without a body never is.
    ///
    /// # Errors
    ///
    /// The first refusal in the plugin's order.
    pub fn verify(
        &self,
        request: &WireRequest<'_>,
        unix_milliseconds: u64,
    ) -> Result<Option<String>, Refusal> {
        let caller = self.caller(request)?;
        let content_type = request.value("content-type").to_ascii_lowercase();
        let is_form = content_type.windows(FORM.len()).any(|part| part == FORM);
        if !is_form {
            self.check_signature(caller, request, b"", unix_milliseconds)?;
        }
        if request.has_body() {
            let content_md5 = request.value("content-md5");
            if is_form || !content_md5.is_empty() {
                self.check_size(request.body.len())?;
            }
            if !content_md5.is_empty() {
                check_digest(content_md5, request.body)?;
            }
            if is_form {
                self.check_signature(caller, request, request.body, unix_milliseconds)?;
            }
        }
        Ok(caller.consumer.clone())
    }

    /// The owner of the key, if the route serves it.
    fn caller(&self, request: &WireRequest<'_>) -> Result<&Caller, Refusal> {
        let key = std::str::from_utf8(request.value("x-ca-key")).unwrap_or_default();
        let known = Some(key)
            .filter(|key| !key.is_empty())
            .and_then(|key| self.callers.get(key));
        let caller = known.ok_or_else(|| refusal(StatusCode::UNAUTHORIZED, "Invalid Key"))?;
        let served = caller.consumer.as_ref();
        if served.is_none_or(|name| self.grant.includes(name)) {
            Ok(caller)
        } else {
            Err(refusal(StatusCode::FORBIDDEN, "Unauthorized Consumer"))
        }
    }

    fn check_signature(
        &self,
        caller: &Caller,
        request: &WireRequest<'_>,
        form: &[u8],
        unix_milliseconds: u64,
    ) -> Result<(), Refusal> {
        let signature = request.value("x-ca-signature");
        if signature.is_empty() {
            return Err(refusal(StatusCode::UNAUTHORIZED, "Empty Signature"));
        }
        if self.date_offset_seconds > 0 {
            let date = request.value("date");
            let timestamp = request.value("x-ca-timestamp");
            if !is_fresh(date, timestamp, self.date_offset_seconds, unix_milliseconds) {
                return Err(refusal(StatusCode::BAD_REQUEST, "Invalid Date"));
            }
        }
        let algorithm = match request.value("x-ca-signature-method") {
            b"HmacSHA1" => HmacAlgorithm::Sha1,
            _ => HmacAlgorithm::Sha256,
        };
        let text = string_to_sign(request, form);
        if hmac_base64(algorithm, &caller.secret, &text).as_bytes() == signature {
            Ok(())
        } else {
            Err(invalid_signature(&text))
        }
    }

    /// Envoy rejects what exceeds its buffer, and the plugin what exceeds its
    /// own limit.
    fn check_size(&self, body_bytes: usize) -> Result<(), Refusal> {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        if self.buffer_limit_bytes <= BODY_LIMIT_BYTES && body_bytes > self.buffer_limit_bytes {
            Err(refusal(status, "Payload Too Large"))
        } else if body_bytes > BODY_LIMIT_BYTES {
            Err(refusal(status, "Request Body Too Large"))
        } else {
            Ok(())
        }
    }
}

fn check_digest(content_md5: &[u8], body: &[u8]) -> Result<(), Refusal> {
    if !body.is_empty() && md5(body).as_bytes() == content_md5 {
        Ok(())
    } else {
        Err(refusal(StatusCode::BAD_REQUEST, "Invalid Content-MD5"))
    }
}

/// The refusal with the gateway's own string to sign, with `#` for line ends.
/// The header is left out if the string has bytes that a header cannot contain.
fn invalid_signature(string_to_sign: &[u8]) -> Refusal {
    let shown = string_to_sign
        .iter()
        .map(|byte| if *byte == b'\n' { b'#' } else { *byte });
    let message: Vec<u8> = b"Server StringToSign:`"
        .iter()
        .copied()
        .chain(shown)
        .chain([b'`'])
        .collect();
    let refusal = refusal(StatusCode::BAD_REQUEST, "Invalid Signature");
    match HeaderValue::from_bytes(&message) {
        Ok(message) => refusal.header(HeaderName::from_static("x-ca-error-message"), message),
        Err(_) => refusal,
    }
}

fn refusal(status: StatusCode, text: &'static str) -> Refusal {
    Refusal::new(status, Cow::Borrowed(text))
}
