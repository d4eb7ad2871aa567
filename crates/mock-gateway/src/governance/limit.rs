//! How much is allowed, and to whom: the rules of ai-token-ratelimit and
//! cluster-key-rate-limit.

use http::header;

use super::super::query;
use super::super::received_request::ReceivedRequest;

/// So many in a window of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub(super) count: u64,
    pub(super) window_seconds: u64,
}

impl Limit {
    /// So many in any number of seconds.
    #[must_use]
    pub const fn new(count: u64, window_seconds: u64) -> Self {
        Self {
            count,
            window_seconds,
        }
    }

    /// So many in a second.
    #[must_use]
    pub const fn per_second(count: u64) -> Self {
        Self::new(count, 1)
    }

    /// So many in a minute.
    #[must_use]
    pub const fn per_minute(count: u64) -> Self {
        Self::new(count, 60)
    }

    /// So many in an hour.
    #[must_use]
    pub const fn per_hour(count: u64) -> Self {
        Self::new(count, 3_600)
    }

    /// So many in a day.
    #[must_use]
    pub const fn per_day(count: u64) -> Self {
        Self::new(count, 86_400)
    }
}

/// By what callers are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitBy {
    /// The first value of this header (`limit_by_header`).
    Header(String),
    /// The first value of this parameter (`limit_by_param`), decoded.
    Parameter(String),
    /// The consumer that authentication found (`limit_by_consumer`), or
    /// whomever the client itself names in `x-mse-consumer`: the plugins read
    /// the first value, and authentication adds one behind it.
    Consumer,
    /// This cookie (`limit_by_cookie`).
    Cookie(String),
}

impl LimitBy {
    /// What the request has there, if anything.
    pub(super) fn value(&self, request: &ReceivedRequest) -> Option<String> {
        match self {
            Self::Header(name) => first_header(request, name),
            Self::Parameter(name) => {
                let query = request.query.as_deref().unwrap_or_default();
                query::form_values(query, name).next()
            }
            Self::Consumer => first_header(request, CONSUMER),
            Self::Cookie(name) => {
                let cookies = first_header(request, header::COOKIE.as_str())?;
                let mut pairs = cookies.split(';').filter_map(|pair| pair.split_once('='));
                let found = pairs.find(|(known, _)| known.trim() == name)?;
                Some(found.1.trim().to_owned()).filter(|value| !value.is_empty())
            }
        }
    }
}

/// The header in which authentication tells the plugins behind who calls.
pub(super) const CONSUMER: &str = "x-mse-consumer";

/// A header's first value.
pub(super) fn first_header(request: &ReceivedRequest, name: &str) -> Option<String> {
    let value = request.headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A limit for some callers. The first rule that fits a request is the only
/// one that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRule {
    by: LimitBy,
    /// The value it is for; none for any, each with a window of its own.
    value: Option<String>,
    limit: Limit,
}

impl LimitRule {
    /// A limit for each value by itself (`limit_by_per_…` with `*`).
    #[must_use]
    pub const fn each(by: LimitBy, limit: Limit) -> Self {
        Self {
            by,
            value: None,
            limit,
        }
    }

    /// A limit for one value.
    #[must_use]
    pub fn only(by: LimitBy, value: impl Into<String>, limit: Limit) -> Self {
        Self {
            by,
            value: Some(value.into()),
            limit,
        }
    }

    /// Whose window is meant, if the rule fits.
    fn fits(&self, request: &ReceivedRequest) -> Option<String> {
        let found = self.by.value(request)?;
        let wanted = self.value.as_ref();
        wanted
            .is_none_or(|wanted| *wanted == found)
            .then_some(found)
    }
}

/// The first rule that fits: its limit, and the key of the caller's window.
pub(super) fn first_fit(rules: &[LimitRule], request: &ReceivedRequest) -> Option<(Limit, String)> {
    rules.iter().enumerate().find_map(|(index, rule)| {
        let value = rule.fits(request)?;
        Some((rule.limit, format!("{index}:{value}")))
    })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn request(target: &str, headers: &[(&str, &str)]) -> ReceivedRequest {
        let mut request = Request::get(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        ReceivedRequest::new(head, bytes::Bytes::new())
    }

    #[test]
    fn callers_are_told_apart_by_the_first_value() {
        let request = request(
            "/?a=x%20+y&a=z",
            &[
                ("cookie", "b=1; sid=42"),
                ("x-mse-consumer", "claimed"),
                ("x-mse-consumer", "known"),
            ],
        );
        let value = |by: LimitBy| by.value(&request);
        assert_eq!(
            value(LimitBy::Parameter("a".into())).as_deref(),
            Some("x  y")
        );
        assert_eq!(value(LimitBy::Cookie("sid".into())).as_deref(), Some("42"));
        assert_eq!(value(LimitBy::Consumer).as_deref(), Some("claimed"));
        assert_eq!(value(LimitBy::Header("x-none".into())), None);
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let by = || LimitBy::Header("x-team".into());
        let rules = [
            LimitRule::only(by(), "red", Limit::per_second(1)),
            LimitRule::each(by(), Limit::per_day(9)),
        ];
        let fit = |team| first_fit(&rules, &request("/", &[("x-team", team)]));
        assert_eq!(fit("red"), Some((Limit::per_second(1), "0:red".into())));
        assert_eq!(fit("blue"), Some((Limit::per_day(9), "1:blue".into())));
        assert_eq!(first_fit(&rules, &request("/", &[])), None);
    }
}
