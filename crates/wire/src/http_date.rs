//! HTTP dates (RFC 9110 §5.6.7), as signatures and `retry-after` need them.
//!
//! Years begin in March here, so that the leap day is the last of its year
//! (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").

/// The last second that an HTTP date can name: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// Days from the first of March of the year 0 to 1970-01-01.
const MARCH_0_TO_1970: u64 = 719_468;

const WEEKDAYS: &str = "ThuFriSatSunMonTueWed";
const MONTHS: &str = "MarAprMayJunJulAugSepOctNovDecJanFeb";

/// Formats seconds since 1970-01-01 00:00 UTC.
#[must_use]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the time is bounded, and no step leaves the range of u64"
)]
pub fn format(unix_seconds: u64) -> String {
    let seconds = unix_seconds.min(LAST_SECOND);
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let since_march_0 = days + MARCH_0_TO_1970;
    let (era, day_of_era) = (since_march_0 / 146_097, since_march_0 % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + u64::from(month >= 10);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        nth(WEEKDAYS, days % 7),
        nth(MONTHS, month),
        time / 3_600,
        time / 60 % 60,
        time % 60
    )
}

/// Parses a date such as `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since
/// 1970-01-01 00:00 UTC; `None` for anything else and for dates before 1970.
/// The weekday is ignored.
#[must_use]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "every part is bounded, and no step leaves the range of u64"
)]
pub fn parse(text: &str) -> Option<u64> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let day = number(words.next()?, 1, 31)?;
    let month = words.next()?;
    let month = (0..12).find(|place| nth(MONTHS, *place) == month)?;
    let year = number(words.next()?, 1970, 9999)? - u64::from(month >= 10);
    let mut clock = words.next()?.split(':');
    let hours = number(clock.next()?, 0, 23)?;
    let minutes = number(clock.next()?, 0, 59)?;
    // 60 is a leap second.
    let seconds = number(clock.next()?, 0, 60)?;
    if clock.next().is_some() || words.next() != Some("GMT") {
        return None;
    }
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = (era * 146_097 + day_of_era).checked_sub(MARCH_0_TO_1970)?;
    Some(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
}

fn number(digits: &str, least: u64, most: u64) -> Option<u64> {
    let number = digits.parse().ok()?;
    (least..=most).contains(&number).then_some(number)
}

/// The abbreviation at an index of a list of three-letter ones.
fn nth(abbreviations: &str, place: u64) -> &str {
    let start = usize::try_from(place).unwrap_or_default().saturating_mul(3);
    abbreviations
        .get(start..start.saturating_add(3))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_has_the_date_of_a_well_kept_library() {
        for day in (0..146_097_u64 * 2).step_by(3) {
            let seconds = day * 86_400 + day % 86_400;
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            let date = httpdate::fmt_http_date(time);
            assert_eq!(format(seconds), date);
            assert_eq!(parse(&date), Some(seconds));
        }
    }

    #[test]
    fn dates_are_in_the_form_of_http() {
        assert_eq!(format(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(format(951_782_399), "Mon, 28 Feb 2000 23:59:59 GMT");
        assert_eq!(format(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(format(1_767_225_600), "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(format(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "Sun",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:1 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1894 08:49:37 GMT",
            "Sun, 06 Brumaire 1994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
