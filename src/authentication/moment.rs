//! What is different for every attempt: the time, and a number used once.

/// The moment of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub unix_ms: u64,
    /// A text that no other request has.
    pub nonce: String,
}

/// The last second that an HTTP date can name: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

impl Moment {
    /// The moment `unix_ms` with a nonce from 16 random bytes: a version 4
    /// UUID, RFC 9562 §5.4.
    #[must_use]
    pub fn new(unix_ms: u64, random: [u8; 16]) -> Self {
        let bits = (u128::from_be_bytes(random) & !(0xf << 76) & !(0b11 << 62))
            | (0x4 << 76)
            | (0b10 << 62);
        let hex = format!("{bits:032x}");
        let groups =
            [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        Self {
            unix_ms,
            nonce: groups.join("-"),
        }
    }

    /// As a header `date`: RFC 9110 §5.6.7.
    ///
    /// By hand, because what a library for it brings along takes 4 KB of the
    /// component. Years begin in March here, so that the leap day is the last
    /// of its year (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms").
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the time is bounded, and no step leaves the range of u64"
    )]
    pub fn http_date(&self) -> String {
        const WEEKDAYS: &str = "ThuFriSatSunMonTueWed";
        const MONTHS: &str = "MarAprMayJunJulAugSepOctNovDecJanFeb";
        let seconds = (self.unix_ms / 1000).min(LAST_SECOND);
        let (days, time) = (seconds / 86_400, seconds % 86_400);
        let since_march_0 = days + 719_468;
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
}

/// The three letters at a place in a row of abbreviations.
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
    fn a_nonce_is_a_version_4_uuid() {
        let zeros = Moment::new(0, [0; 16]).nonce;
        assert_eq!(zeros, "00000000-0000-4000-8000-000000000000");
        let ones = Moment::new(0, [0xff; 16]).nonce;
        assert_eq!(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn every_day_of_four_centuries_has_the_date_of_a_well_kept_library() {
        for day in (0..146_097_u64 * 2).step_by(3) {
            let unix_ms = (day * 86_400 + day % 86_400) * 1000;
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(unix_ms);
            assert_eq!(
                Moment::new(unix_ms, [0; 16]).http_date(),
                httpdate::fmt_http_date(time)
            );
        }
    }

    #[test]
    fn dates_are_in_the_form_of_http() {
        let date = |unix_ms| Moment::new(unix_ms, [0; 16]).http_date();
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(date(951_782_399_999), "Mon, 28 Feb 2000 23:59:59 GMT");
        assert_eq!(date(951_782_400_000), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(date(1_767_225_600_000), "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(date(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
