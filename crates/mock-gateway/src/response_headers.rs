//! The headers that the gateway adds to every response.

use std::time::{Duration, UNIX_EPOCH};

use fastrand::Rng;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::response::Origin;

const REQUEST_IDENTIFIER: HeaderName = HeaderName::from_static("x-request-id");
const ARRIVAL_TIME: HeaderName = HeaderName::from_static("req-arrive-time");
const COST_TIME: HeaderName = HeaderName::from_static("req-cost-time");
const START_TIME: HeaderName = HeaderName::from_static("resp-start-time");
const UPSTREAM_TIME: HeaderName = HeaderName::from_static("x-envoy-upstream-service-time");

/// When a request arrived and when the head of its response was sent, in
/// milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) arrived: u64,
    pub(crate) answered: u64,
}

/// The request's own `x-request-id`, or a new random UUID.
pub(crate) fn request_identifier(request: &HeaderMap, random: &mut Rng) -> HeaderValue {
    request.get(REQUEST_IDENTIFIER).cloned().unwrap_or_else(|| {
        HeaderValue::from_str(&random_uuid(random)).unwrap_or(HeaderValue::from_static(""))
    })
}

/// Adds the gateway's headers, except those that the response already has.
///
/// `req-arrive-time` and `resp-start-time` are points in time, `req-cost-time`
/// and `x-envoy-upstream-service-time` durations, all in milliseconds.
pub(crate) fn complete(
    headers: &mut HeaderMap,
    origin: Origin,
    identifier: HeaderValue,
    times: Times,
) {
    let cost = HeaderValue::from(times.answered.saturating_sub(times.arrived));
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    set(header::SERVER, HeaderValue::from_static("istio-envoy"));
    if let Some(date) = date(times.answered) {
        set(header::DATE, date);
    }
    set(REQUEST_IDENTIFIER, identifier);
    set(ARRIVAL_TIME, HeaderValue::from(times.arrived));
    set(START_TIME, HeaderValue::from(times.answered));
    set(COST_TIME, cost.clone());
    match origin {
        Origin::Upstream => set(UPSTREAM_TIME, cost),
        Origin::Gateway => {}
    }
}

/// The time (milliseconds since 1970) as a date; none after the year 9999.
fn date(unix_milliseconds: u64) -> Option<HeaderValue> {
    /// The start of the year 10000.
    const END: u64 = 253_402_300_800_000;
    if unix_milliseconds >= END {
        return None;
    }
    let time = UNIX_EPOCH + Duration::from_millis(unix_milliseconds);
    HeaderValue::from_str(&httpdate::fmt_http_date(time)).ok()
}

/// A version 4 UUID (RFC 9562).
fn random_uuid(random: &mut Rng) -> String {
    let (high, low) = (random.u64(..), random.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        arrived: 1_000,
        answered: 1_250,
    };

    fn completed(mut headers: HeaderMap, origin: Origin) -> HeaderMap {
        complete(&mut headers, origin, HeaderValue::from_static("id"), TIMES);
        headers
    }

    #[test]
    fn only_an_upstreams_response_has_its_service_time() {
        assert_eq!(
            completed(HeaderMap::new(), Origin::Upstream)[UPSTREAM_TIME],
            "250"
        );
        assert!(!completed(HeaderMap::new(), Origin::Gateway).contains_key(UPSTREAM_TIME));
    }

    #[test]
    fn a_header_that_the_response_brought_is_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(header::SERVER, HeaderValue::from_static("nginx"));
        assert_eq!(
            completed(headers, Origin::Upstream)[header::SERVER],
            "nginx"
        );
    }

    #[test]
    fn a_date_is_a_fixdate_up_to_the_year_9999() {
        assert_eq!(
            date(784_111_777_999).unwrap(),
            "Sun, 06 Nov 1994 08:49:37 GMT"
        );
        assert!(date(253_402_300_799_999).is_some());
        assert_eq!(date(253_402_300_800_000), None);
        assert_eq!(date(u64::MAX), None);
    }

    #[test]
    fn a_made_up_identifier_has_the_form_of_a_random_uuid() {
        let uuid = random_uuid(&mut Rng::with_seed(3));
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }
}
