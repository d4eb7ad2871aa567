//! When to retry, from all headers that say it.

use crate::http::ResponseHead;
use wire::decimal;
use wire::http_date;

/// Longest plausible wait, in milliseconds: 30 days. A larger number is a
/// timestamp.
const MAX_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How long to wait before a retry, in milliseconds: `retry-after-ms`, or else
/// `retry-after`. Invalid values are ignored.
pub(super) fn retry_after_ms(head: &ResponseHead) -> Option<u64> {
    header(head, "retry-after-ms")
        .and_then(|ms| ms.split('.').next()?.parse().ok())
        .or_else(|| milliseconds(header(head, "retry-after")?))
        .or_else(|| until(header(head, "retry-after")?, header(head, "date")?))
        .filter(|ms| *ms <= MAX_MS)
}

/// When the current limit ends, in milliseconds from now: Higress' rate
/// limiters send seconds and no `retry-after`.
pub(super) fn limit_reset_ms(head: &ResponseHead) -> Option<u64> {
    ["x-tokenratelimit-reset", "x-ratelimit-reset"]
        .into_iter()
        .find_map(|name| milliseconds(header(head, name)?))
        .filter(|ms| *ms <= MAX_MS)
}

fn header<'a>(head: &'a ResponseHead, name: &str) -> Option<&'a str> {
    head.header(name).map(str::trim)
}

/// Seconds as milliseconds, with up to three decimal places.
fn milliseconds(seconds: &str) -> Option<u64> {
    let places = seconds.find('.').map_or(0, |at| at.saturating_add(4));
    let shortened = seconds.get(..places).filter(|text| !text.is_empty());
    decimal::parse_millis(shortened.unwrap_or(seconds))
}

/// The time from the response to a date, both by the server's clock.
fn until(date: &str, now: &str) -> Option<u64> {
    let seconds = http_date::parse(date)?.saturating_sub(http_date::parse(now)?);
    seconds.checked_mul(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&str, &str)]) -> ResponseHead {
        ResponseHead {
            status: 429,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn hint(headers: &[(&str, &str)]) -> Option<u64> {
        retry_after_ms(&head(headers))
    }

    #[test]
    fn seconds_may_be_decimal() {
        for (value, expected) in [
            ("5", Some(5_000)),
            ("0", Some(0)),
            ("1.5", Some(1_500)),
            ("0.123456", Some(123)),
            (" 7 ", Some(7_000)),
            ("-1", None),
            ("inf", None),
            ("soon", None),
            ("1741305600000", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(hint(&[("retry-after", value)]), expected, "{value}");
        }
    }

    #[test]
    fn a_date_counts_from_the_time_of_the_response() {
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        let earlier = ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT");
        assert_eq!(hint(&[now, later]), Some(30_000));
        assert_eq!(hint(&[now, earlier]), Some(0));
        assert_eq!(hint(&[later]), None);
    }

    #[test]
    fn the_most_precise_word_counts() {
        let ms = ("retry-after-ms", "250.5");
        assert_eq!(hint(&[("retry-after", "5"), ms]), Some(250));
        let nonsense = ("retry-after-ms", "soon");
        assert_eq!(hint(&[("retry-after", "5"), nonsense]), Some(5_000));
    }

    #[test]
    fn the_gateways_limiters_give_seconds() {
        let reset = |name, value| limit_reset_ms(&head(&[(name, value)]));
        assert_eq!(reset("X-TokenRateLimit-Reset", "60"), Some(60_000));
        assert_eq!(reset("x-ratelimit-reset", "9"), Some(9_000));
        assert_eq!(reset("x-ratelimit-reset", "1741305600000"), None);
        assert_eq!(reset("x-ratelimit-reset", "6m0s"), None);
    }
}
