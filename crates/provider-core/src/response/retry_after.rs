//! When to retry, from all headers that say it.

use crate::http::ResponseHead;
use wire::decimal;
use wire::http_date;

/// Longest plausible wait, in milliseconds: 30 days. A larger number is a
/// timestamp.
const MAX_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How long to wait before a retry, in milliseconds: `retry-after-ms`, or else
/// `retry-after`. Invalid values are ignored.
///
/// A date counts from the response's own, or else from `now`, in seconds since
/// 1970.
pub(super) fn retry_after_ms(head: &ResponseHead, now: Option<u64>) -> Option<u64> {
    let now = || {
        let date = header(head, "date").and_then(http_date::parse);
        date.or(now)
    };
    header(head, "retry-after-ms")
        .and_then(|ms| ms.split('.').next()?.parse().ok())
        .or_else(|| milliseconds(header(head, "retry-after")?))
        .or_else(|| until(header(head, "retry-after")?, now()?))
        .filter(|ms| *ms <= MAX_MS)
}

/// When the current limit ends, in milliseconds from now: Higress' rate
/// limiters send seconds and no `retry-after`; `OpenAI` sends a duration for
/// each limit, of which those that are used up count.
pub(super) fn limit_reset_ms(head: &ResponseHead) -> Option<u64> {
    ["x-tokenratelimit-reset", "x-ratelimit-reset"]
        .into_iter()
        .find_map(|name| milliseconds(header(head, name)?))
        .or_else(|| {
            let resets = ["requests", "tokens"].into_iter().filter_map(|what| {
                let remaining = header(head, &format!("x-ratelimit-remaining-{what}"));
                let is_used_up = remaining.is_none_or(|remaining| remaining == "0");
                let reset = header(head, &format!("x-ratelimit-reset-{what}"))?;
                is_used_up.then(|| go_duration_ms(reset))?
            });
            resets.max()
        })
        .filter(|ms| *ms <= MAX_MS)
}

/// A duration as Go formats it, such as `6m0s` or `1.5s`, in milliseconds. A
/// bare number is in seconds.
pub(super) fn go_duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, unit) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        let end = unit.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, behind) = unit.split_at_checked(end.unwrap_or(unit.len()))?;
        let thousandths = milliseconds(number)?;
        let ms = match unit {
            "h" => thousandths.checked_mul(3_600)?,
            "m" => thousandths.checked_mul(60)?,
            "s" => thousandths,
            "" if rest.len() == text.len() => thousandths,
            "ms" => thousandths.div_ceil(1_000),
            "us" | "µs" | "ns" => 1,
            _ => return None,
        };
        total = total.checked_add(ms)?;
        rest = behind;
    }
    Some(total)
}

/// A duration as protobuf writes it in JSON, such as `58s` or `1.500s`, in
/// milliseconds.
pub(super) fn protobuf_duration_ms(text: &str) -> Option<u64> {
    milliseconds(text.strip_suffix('s')?).filter(|ms| *ms <= MAX_MS)
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

/// The time to a date.
fn until(date: &str, now: u64) -> Option<u64> {
    let seconds = http_date::parse(date)?.saturating_sub(now);
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
        retry_after_ms(&head(headers), None)
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
        let clock = http_date::parse("Sun, 06 Nov 1994 08:49:47 GMT");
        assert_eq!(retry_after_ms(&head(&[later]), clock), Some(20_000));
        assert_eq!(retry_after_ms(&head(&[now, later]), clock), Some(30_000));
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

    #[test]
    fn the_limit_that_is_used_up_ends_after_its_duration() {
        let reset = |headers: &[(&str, &str)]| limit_reset_ms(&head(headers));
        let requests = ("x-ratelimit-reset-requests", "6m0s");
        let tokens = ("x-ratelimit-reset-tokens", "7m30.5s");
        assert_eq!(reset(&[requests]), Some(360_000));
        assert_eq!(reset(&[requests, tokens]), Some(450_500));
        let left = ("x-ratelimit-remaining-tokens", "12");
        assert_eq!(reset(&[requests, tokens, left]), Some(360_000));
        assert_eq!(reset(&[tokens, left]), None);
    }

    #[test]
    fn durations_of_go_have_units() {
        for (text, ms) in [
            ("6m0s", Some(360_000)),
            ("1h2m3s", Some(3_723_000)),
            ("1.5s", Some(1_500)),
            ("20ms", Some(20)),
            ("13.5ms", Some(14)),
            ("500µs", Some(1)),
            ("7", Some(7_000)),
            ("", None),
            ("s", None),
            ("5x", None),
            ("1m7", None),
            ("-1s", None),
        ] {
            assert_eq!(go_duration_ms(text), ms, "{text}");
        }
    }
}
