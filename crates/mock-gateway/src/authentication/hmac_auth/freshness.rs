//! Whether a request's time is within `date_offset`.

use crate::authentication::date_header;

/// A shorter timestamp is in seconds, else in milliseconds.
const SHORTEST_MILLISECONDS: usize = 13;

/// The rule of Higress `hmac-auth`: the `date` header if there is one, else
/// `x-ca-timestamp`, must be within the offset of the clock, on either side. A
/// time that cannot be parsed is not fresh.
pub(super) fn is_fresh(
    date: &[u8],
    timestamp: &[u8],
    offset_seconds: u64,
    unix_milliseconds: u64,
) -> bool {
    let stated = if date.is_empty() {
        timestamp_milliseconds(timestamp)
    } else {
        date_header::parse_any(date).map(|seconds| seconds.saturating_mul(1_000))
    };
    let now = i64::try_from(unix_milliseconds).unwrap_or(i64::MAX);
    stated.is_some_and(|stated| stated.abs_diff(now) <= offset_seconds.saturating_mul(1_000))
}

fn timestamp_milliseconds(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let number: i64 = text.trim_ascii().parse().ok()?;
    if text.len() < SHORTEST_MILLISECONDS {
        Some(number.saturating_mul(1_000))
    } else {
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timely(date: &str, timestamp: &str, unix_seconds: u64) -> bool {
        is_fresh(
            date.as_bytes(),
            timestamp.as_bytes(),
            3_600,
            unix_seconds * 1_000,
        )
    }

    #[test]
    fn the_offset_itself_is_still_timely() {
        let date = "Wed, 09 May 2018 13:30:29 GMT+00:00";
        for (now, expected) in [
            (1_525_872_629 + 3_600, true),
            (1_525_872_629 + 3_601, false),
            (1_525_872_629 - 3_600, true),
            (1_525_872_629 - 3_601, false),
        ] {
            assert_eq!(timely(date, "", now), expected, "{now}");
        }
    }

    #[test]
    fn timestamps_of_13_characters_count_milliseconds() {
        assert!(timely("", "1700000000000", 1_700_003_600));
        assert!(!timely("", "1700000000000", 1_700_003_601));
        assert!(timely("", "1700000000", 1_700_003_600));
        assert!(!timely("", "1700000000", 1_700_003_601));
    }

    #[test]
    fn a_date_wins_over_a_timestamp_even_if_it_cannot_be_read() {
        assert!(!timely("yesterday", "1700000000000", 1_700_000_000));
        let past = "Wed, 09 May 2018 13:30:29 GMT";
        assert!(!timely(past, "1700000000000", 1_700_000_000));
    }

    #[test]
    fn a_request_that_states_no_time_is_not_timely() {
        for timestamp in ["", "soon", "17e8", "99999999999999999999"] {
            assert!(!timely("", timestamp, 1_700_000_000), "{timestamp}");
        }
    }
}
