//! Dates of the civil calendar and seconds since 1970, with the `date`
//! header's form: IMF-fixdate (RFC 9110, section 5.6.7).

const SECONDS_PER_DAY: u64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes a time (seconds since 1970, UTC) like `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn imf_fixdate(unix_seconds: u64) -> String {
    let days = unix_seconds / SECONDS_PER_DAY;
    let second_of_day = unix_seconds % SECONDS_PER_DAY;
    let (year, month, day) = civil_date(days);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name_at(&WEEKDAYS, days % 7),
        name_at(&MONTHS, month - 1),
        second_of_day / 3_600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    )
}

fn name_at(names: &[&'static str], index: u64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .copied()
        .unwrap_or_default()
}

/// Year, month (1 to 12) and day of the month from days since 1970, counting
/// in eras of 400 years that start on 1 March (Hinnant, "chrono-compatible
/// low-level date algorithms").
const fn civil_date(days_since_1970: u64) -> (u64, u64, u64) {
    const DAYS_FROM_MARCH_OF_YEAR_ZERO: u64 = 719_468;
    const DAYS_PER_ERA: u64 = 146_097;
    let days = days_since_1970 + DAYS_FROM_MARCH_OF_YEAR_ZERO;
    let era = days / DAYS_PER_ERA;
    let day_of_era = days % DAYS_PER_ERA;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Seconds since 1970 of a date and a second of its day (UTC); none for a day
/// that the month does not have. The inverse of Hinnant's algorithm above.
pub(crate) fn unix_seconds(year: u32, month: u32, day: u32, second_of_day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    // Years start in March, so that a leap day is the last of its year.
    let year_from_march = i64::from(year) - i64::from(month < 3);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let leap_days = year_from_march.div_euclid(4) - year_from_march.div_euclid(100)
        + year_from_march.div_euclid(400);
    let days = year_from_march * 365 + leap_days + day_of_year - 719_468;
    Some(days * 86_400 + i64::from(second_of_day))
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{imf_fixdate, unix_seconds};

    #[test]
    fn dates_are_counted_from_1970() {
        assert_eq!(unix_seconds(1994, 11, 6, 31_777), Some(784_111_777));
        assert_eq!(unix_seconds(1970, 1, 1, 0), Some(0));
        assert_eq!(unix_seconds(1969, 12, 31, 0), Some(-86_400));
        assert_eq!(unix_seconds(2000, 2, 29, 0), Some(951_782_400));
        assert_eq!(unix_seconds(2100, 2, 29, 0), None);
        assert_eq!(unix_seconds(2026, 13, 1, 0), None);
    }

    #[test]
    fn dates_are_written_as_the_standard_shows() {
        assert_eq!(imf_fixdate(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(imf_fixdate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(imf_fixdate(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(imf_fixdate(1_767_225_599), "Wed, 31 Dec 2025 23:59:59 GMT");
    }
}
