//! Higress `hmac-auth-apisix`: HTTP signatures in `authorization`, as in the
//! plugin of APISIX.

mod authorization;
#[cfg(test)]
mod tests;

use http::StatusCode;

use super::date_header;
use super::grant::Grant;
use super::hmac::{HmacAlgorithm, hmac_base64, sha256};
use super::hmac_consumer::HmacConsumer;
use super::refusal::Refusal;
use crate::wire_request::WireRequest;
use authorization::Authorization;

/// Default of `clock_skew`, in seconds.
const DEFAULT_CLOCK_SKEW_SECONDS: u64 = 300;

/// The plugin's configuration on a route. By default it accepts all three
/// algorithms, requires a date within 300 s of the gateway's clock, and does
/// not check bodies.
#[derive(Clone, Debug)]
pub struct HmacAuthApisix {
    consumers: Vec<HmacConsumer>,
    grant: Grant,
    algorithms: Vec<HmacAlgorithm>,
    clock_skew_seconds: u64,
    signed_headers: Vec<String>,
    body: BodyRule,
    anonymous_consumer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyRule {
    Unchecked,
    MustFitItsDigest,
}

impl HmacAuthApisix {
    /// A plugin with these consumers; of two with one key the first counts.
    #[must_use]
    pub fn for_consumers(consumers: impl IntoIterator<Item = HmacConsumer>) -> Self {
        Self {
            consumers: consumers.into_iter().collect(),
            grant: Grant::Everyone,
            algorithms: vec![
                HmacAlgorithm::Sha1,
                HmacAlgorithm::Sha256,
                HmacAlgorithm::Sha512,
            ],
            clock_skew_seconds: DEFAULT_CLOCK_SKEW_SECONDS,
            signed_headers: Vec::new(),
            body: BodyRule::Unchecked,
            anonymous_consumer: None,
        }
    }

    /// Sets which consumers the route serves (`allow`).
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// Accepts only these algorithms (`allowed_algorithms`).
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = HmacAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Sets how far `date` may be from the gateway's clock, in seconds
    /// (`clock_skew`). With 0 it is not required.
    #[must_use]
    pub fn clock_skew_seconds(mut self, skew: u64) -> Self {
        self.clock_skew_seconds = skew;
        self
    }

    /// Requires a header to be signed (`signed_headers`).
    #[must_use]
    pub fn signed_header(mut self, name: impl Into<String>) -> Self {
        self.signed_headers.push(name.into());
        self
    }

    /// Checks bodies against their `digest` (`validate_request_body`).
    #[must_use]
    pub fn validate_request_body(mut self) -> Self {
        self.body = BodyRule::MustFitItsDigest;
        self
    }

    /// Serves requests without a valid `authorization`, or with an unknown key,
    /// as this consumer (`anonymous_consumer`). A wrong signature is still
    /// rejected.
    #[must_use]
    pub fn anonymous_consumer(mut self, name: impl Into<String>) -> Self {
        self.anonymous_consumer = Some(name.into());
        self
    }

    /// Verifies a request at a time (milliseconds since 1970), and returns the
    /// calling consumer.
    ///
    /// # Errors
    ///
    /// The first refusal in the plugin's order: always a 401.
    pub fn verify(
        &self,
        request: &WireRequest<'_>,
        unix_milliseconds: u64,
    ) -> Result<String, Refusal> {
        let (authorization, consumer) = match self.caller(request) {
            Ok(caller) => caller,
            Err(reason) => {
                return self
                    .anonymous_consumer
                    .clone()
                    .ok_or_else(|| refusal(reason));
            }
        };
        if !self.grant.includes(&consumer.name) {
            let reason = format!("consumer '{}' is not allowed", consumer.name);
            return Err(refusal(&reason));
        }
        self.check_date(request, unix_milliseconds)
            .map_err(refusal)?;
        let algorithm = algorithm(authorization.algorithm)
            .filter(|algorithm| self.algorithms.contains(algorithm))
            .ok_or_else(|| refusal("Invalid algorithm"))?;
        self.check_signed_headers(&authorization)?;
        let text = authorization.string_to_sign(request);
        if hmac_base64(algorithm, &consumer.secret, &text) != authorization.signature {
            return Err(refusal("Invalid signature"));
        }
        self.check_body(request).map_err(refusal)?;
        Ok(consumer.name.clone())
    }

    fn caller<'a>(
        &self,
        request: &WireRequest<'a>,
    ) -> Result<(Authorization<'a>, &HmacConsumer), &'static str> {
        let authorization = Authorization::read(request)?;
        let owner = |consumer: &&HmacConsumer| consumer.key == authorization.key;
        let consumer = self.consumers.iter().find(owner).ok_or("Invalid keyId")?;
        Ok((authorization, consumer))
    }

    fn check_date(
        &self,
        request: &WireRequest<'_>,
        unix_milliseconds: u64,
    ) -> Result<(), &'static str> {
        if self.clock_skew_seconds == 0 {
            return Ok(());
        }
        let date = request.value("date");
        if date.is_empty() {
            return Err("Date header missing. failed to validate clock skew");
        }
        let stated = date_header::parse_fixdate(date).ok_or("Invalid GMT format time")?;
        let now = i64::try_from(unix_milliseconds / 1_000).unwrap_or(i64::MAX);
        if now.abs_diff(stated) > self.clock_skew_seconds {
            return Err("Clock skew exceeded");
        }
        Ok(())
    }

    /// The plugin does not escape the quotes, so its response is not valid JSON
    /// then.
    fn check_signed_headers(&self, authorization: &Authorization<'_>) -> Result<(), Refusal> {
        if !self.signed_headers.is_empty() && authorization.headers.is_empty() {
            return Err(refusal("headers missing"));
        }
        let is_signed = |name: &&String| authorization.headers.contains(&name.as_str());
        let missing = self.signed_headers.iter().find(|name| !is_signed(name));
        missing.map_or(Ok(()), |name| {
            let reason = format!("expected header \"{name}\" missing in signing");
            Err(refusal(&reason))
        })
    }

    fn check_body(&self, request: &WireRequest<'_>) -> Result<(), &'static str> {
        match self.body {
            BodyRule::Unchecked => Ok(()),
            BodyRule::MustFitItsDigest if !request.has_body() => Ok(()),
            BodyRule::MustFitItsDigest => {
                let digest = format!("SHA-256={}", sha256(request.body));
                if digest.as_bytes() == request.value("digest") {
                    Ok(())
                } else {
                    Err("Invalid digest")
                }
            }
        }
    }
}

fn algorithm(name: &str) -> Option<HmacAlgorithm> {
    match name {
        "hmac-sha1" => Some(HmacAlgorithm::Sha1),
        "hmac-sha256" => Some(HmacAlgorithm::Sha256),
        "hmac-sha512" => Some(HmacAlgorithm::Sha512),
        _ => None,
    }
}

/// The body is meant to be JSON, but has no such content type.
fn refusal(reason: &str) -> Refusal {
    let body = format!("{{\"message\":\"client request can't be validated: {reason}\"}}");
    Refusal::new(StatusCode::UNAUTHORIZED, body)
}
