//! Limits and the callers they apply to: the rules of ai-token-ratelimit and
//! cluster-key-rate-limit.

use http::header;

use crate::query;
use crate::received_request::ReceivedRequest;

/// A number of requests or tokens in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub(super) count: u64,
    pub(super) window_seconds: u64,
}

impl Limit {
    /// A limit of `count` in a window of this many seconds.
    #[must_use]
    pub const fn new(count: u64, window_seconds: u64) -> Self {
        Self {
            count,
            window_seconds,
        }
    }

    /// A limit of `count` a second.
    #[must_use]
    pub const fn per_second(count: u64) -> Self {
        Self::new(count, 1)
    }

    /// A limit of `count` a minute.
    #[must_use]
    pub const fn per_minute(count: u64) -> Self {
        Self::new(count, 60)
    }

    /// A limit of `count` an hour.
    #[must_use]
    pub const fn per_hour(count: u64) -> Self {
        Self::new(count, 3_600)
    }

    /// A limit of `count` a day.
    #[must_use]
    pub const fn per_day(count: u64) -> Self {
        Self::new(count, 86_400)
    }
}

/// The part of a request that identifies its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitBy {
    /// The first value of this header (`limit_by_header`).
    Header(String),
    /// The first value of this parameter (`limit_by_param`), decoded.
    Parameter(String),
    /// The authenticated consumer (`limit_by_consumer`), or the one that the
    /// client itself names in `x-mse-consumer`: the plugins read its first
    /// value, and authentication adds another after it.
    Consumer,
    /// This cookie (`limit_by_cookie`).
    Cookie(String),
}

impl LimitBy {
    /// The value in a request, if there is one.
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

/// The header in which authentication passes the consumer to later plugins.
pub(super) const CONSUMER: &str = "x-mse-consumer";

/// A header's first value.
pub(super) fn first_header(request: &ReceivedRequest, name: &str) -> Option<String> {
    let value = request.headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A limit for some callers. Only the first rule that matches a request
/// applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRule {
    by: LimitBy,
    /// The value it applies to; `None` for any value, each with its own window.
    value: Option<String>,
    limit: Limit,
}

impl LimitRule {
    /// A limit for each value separately (`limit_by_per_…` with `*`).
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

    /// The caller whose window is used, if the rule matches.
    fn fits(&self, request: &ReceivedRequest) -> Option<String> {
        let found = self.by.value(request)?;
        let wanted = self.value.as_ref();
        wanted
            .is_none_or(|wanted| *wanted == found)
            .then_some(found)
    }
}

/// The limit of the first rule that matches, and the key of the caller's
/// window.
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
