//! Reading the time in a request's `date` header, as seconds since 1970. Both
//! readers are stricter than the plugins in one point: the weekday must fit.

use std::time::{SystemTime, UNIX_EPOCH};

use httpdate::{fmt_http_date, parse_http_date};

/// Reads the forms that Higress `hmac-auth` accepts: those of HTTP, of which
/// two are obsolete, and the first with an offset, as in `Sun, 06 Nov 1994
/// 08:49:37 GMT+00:00`.
pub(crate) fn parse_any(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim_ascii();
    match text.strip_suffix("+00:00") {
        Some(fixdate) => parse_fixdate(fixdate.as_bytes()),
        None => unix_seconds(parse_http_date(text).ok()?),
    }
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 section 5.6.7)
/// and no other form.
pub(crate) fn parse_fixdate(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let time = parse_http_date(text).ok()?;
    (fmt_http_date(time) == text).then(|| unix_seconds(time))?
}

fn unix_seconds(time: SystemTime) -> Option<i64> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_forms_name_the_same_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 06 Nov 1994 08:49:37 GMT+00:00",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse_any(text.as_bytes()), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn other_forms_are_rejected() {
        for text in [
            "",
            "now",
            "784111777",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT+01:00",
            "Sunday, 06-Nov-94 08:49:37 GMT+00:00",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Xyz, 06 Nov 1994 08:49:37 GMT",
            "你, 06 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse_any(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_any(b"\xff"), None);
    }

    #[test]
    fn a_fixdate_is_only_one_of_the_forms() {
        let read = parse_fixdate(b"Fri, 12 Sep 2025 23:53:18 GMT");
        assert_eq!(read, Some(1_757_721_198));
        for text in [
            "Fri, 12 Sep 2025 23:53:18 GMT+00:00",
            " Fri, 12 Sep 2025 23:53:18 GMT",
            "Friday, 12-Sep-25 23:53:18 GMT",
            "Fri Sep 12 23:53:18 2025",
        ] {
            assert_eq!(parse_fixdate(text.as_bytes()), None, "{text}");
        }
    }
}
