//! The time of the shop's clock, in minutes.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// Year, month, day, hour and minute in the shop's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ShopTime {
    // In this order, so that the derived order is that of time.
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
}

/// A text that is not a valid time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid time; expected an existing date and time, e.g. 2027-01-01T13:30")]
pub(crate) struct InvalidTime;

impl FromStr for ShopTime {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let (date, time) = text.split_once(['T', ' ']).ok_or(InvalidTime)?;
        let mut date = date.split('-');
        let mut time = time.split(':');
        let moment = Self {
            year: part(date.next(), 4)?,
            month: part(date.next(), 2)?,
            day: part(date.next(), 2)?,
            hour: part(time.next(), 2)?,
            minute: part(time.next(), 2)?,
        };
        let is_over = date.next().is_none() && time.next().is_none();
        if is_over && moment.exists() {
            Ok(moment)
        } else {
            Err(InvalidTime)
        }
    }
}

impl TryFrom<String> for ShopTime {
    type Error = InvalidTime;

    fn try_from(text: String) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

impl fmt::Display for ShopTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
        } = self;
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"
        )
    }
}

impl ShopTime {
    fn exists(self) -> bool {
        (1..=days_of(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
    }
}

/// A number of `digits` digits.
fn part<T: FromStr>(text: Option<&str>, digits: usize) -> Result<T, InvalidTime> {
    text.filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or(InvalidTime)
}

/// Days of a month; 0 for a month that does not exist.
fn days_of(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::ShopTime;

    fn time(text: &str) -> ShopTime {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_with_a_letter_or_a_space_between_day_and_hour() {
        assert_eq!(time("2027-01-01T13:30"), time("2027-01-01 13:30"));
        assert_eq!(time("2027-01-01T13:30").to_string(), "2027-01-01 13:30");
        assert_eq!(time("2028-02-29 00:00").to_string(), "2028-02-29 00:00");
    }

    #[test]
    fn later_is_greater() {
        let mut times = [
            "2027-01-01 10:00",
            "2027-01-01 09:59",
            "2026-12-31 23:00",
            "2027-02-01 00:00",
        ]
        .map(time);
        times.sort();
        let sorted = times.map(|time| time.to_string());
        assert_eq!(
            sorted,
            [
                "2026-12-31 23:00",
                "2027-01-01 09:59",
                "2027-01-01 10:00",
                "2027-02-01 00:00"
            ]
        );
    }

    #[test]
    fn invalid_times_are_rejected() {
        for text in [
            "",
            "now",
            "13:30",
            "2027-01-01",
            "2027-13-01 10:00",
            "2027-02-29 10:00",
            "2027-01-00 10:00",
            "2027-01-01 24:00",
            "2027-01-01 10:60",
            "2027-1-1 10:00",
            "2027-01-01 10:00:00",
            "2027-01-01-01 10:00",
            "+027-01-01 10:00",
            "2027-01-01T10:00Z",
        ] {
            assert!(text.parse::<ShopTime>().is_err(), "{text}");
        }
    }
}
