//! Reading the time that a request states in its `date` header, in the four
//! forms that Higress `hmac-auth` takes.

use super::super::http_date::unix_seconds;

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads any of the four forms as seconds since 1970. That the weekday fits is
/// not checked, as the gateway does not.
pub(crate) fn any_form(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim_ascii();
    fixdate(text, " GMT")
        .or_else(|| fixdate(text, " GMT+00:00"))
        .or_else(|| rfc_850(text))
        .or_else(|| asctime(text))
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` alone.
pub(crate) fn standard_form(text: &[u8]) -> Option<i64> {
    fixdate(std::str::from_utf8(text).ok()?, " GMT")
}

/// `Sun, 06 Nov 1994 08:49:37` and what follows.
fn fixdate(text: &str, ending: &str) -> Option<i64> {
    let rest = weekday(text)?.strip_prefix(", ")?;
    let (day, rest) = number(rest, 2)?;
    let (month, rest) = month(rest.strip_prefix(' ')?)?;
    let (year, rest) = number(rest.strip_prefix(' ')?, 4)?;
    let (second_of_day, rest) = time(rest.strip_prefix(' ')?)?;
    (rest == ending).then(|| unix_seconds(year, month, day, second_of_day))?
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`.
fn rfc_850(text: &str) -> Option<i64> {
    let rest = weekday(text)?.strip_prefix(", ")?;
    let (day, rest) = number(rest, 2)?;
    let (month, rest) = month(rest.strip_prefix('-')?)?;
    let (year, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (second_of_day, rest) = time(rest.strip_prefix(' ')?)?;
    let century = if year < 69 { 2000 } else { 1900 };
    (rest == " GMT").then(|| unix_seconds(century + year, month, day, second_of_day))?
}

/// `Sun Nov  6 08:49:37 1994`.
fn asctime(text: &str) -> Option<i64> {
    let (month, rest) = month(weekday(text)?.strip_prefix(' ')?)?;
    let (day, rest) = number(rest.strip_prefix(' ')?.trim_start_matches(' '), 2)?;
    let (second_of_day, rest) = time(rest.strip_prefix(' ')?)?;
    let (year, rest) = number(rest.strip_prefix(' ')?, 4)?;
    rest.is_empty()
        .then(|| unix_seconds(year, month, day, second_of_day))?
}

fn weekday(text: &str) -> Option<&str> {
    name(text, &WEEKDAYS).map(|(_, rest)| rest)
}

/// The month (from 1) and what follows.
fn month(text: &str) -> Option<(u32, &str)> {
    let (index, rest) = name(text, &MONTHS)?;
    Some((u32::try_from(index).ok()? + 1, rest))
}

/// Which of the names, whole or its first three letters, in any case.
fn name<'a>(text: &'a str, names: &[&str]) -> Option<(usize, &'a str)> {
    let after = |length: usize, name: &str| {
        let (start, rest) = text.split_at_checked(length)?;
        let wanted = name.get(..length)?;
        start.eq_ignore_ascii_case(wanted).then_some(rest)
    };
    names.iter().enumerate().find_map(|(index, name)| {
        let rest = after(name.len(), name).or_else(|| after(3, name))?;
        Some((index, rest))
    })
}

/// A number of at most so many digits, and what follows.
fn number(text: &str, most_digits: usize) -> Option<(u32, &str)> {
    let digits = text
        .bytes()
        .take(most_digits)
        .take_while(u8::is_ascii_digit);
    let (number, rest) = text.split_at_checked(digits.count())?;
    Some((number.parse().ok()?, rest))
}

/// `08:49:37` as the second of the day; a leap second is one.
fn time(text: &str) -> Option<(u32, &str)> {
    let (hour, rest) = number(text, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2)?;
    (hour < 24 && minute < 60 && second < 61).then_some((hour * 3_600 + minute * 60 + second, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_forms_name_the_same_moment() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT+00:00",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "sun nov 6 08:49:37 1994",
            "Mon, 6 November 1994 08:49:37 GMT",
        ] {
            assert_eq!(any_form(text.as_bytes()), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn other_forms_are_not_read() {
        for text in [
            "",
            "now",
            "784111777",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT+01:00",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Xyz, 06 Nov 1994 08:49:37 GMT",
            "你, 06 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(any_form(text.as_bytes()), None, "{text}");
        }
        assert_eq!(any_form(b"\xff"), None);
    }

    #[test]
    fn years_of_two_digits_belong_to_this_century_up_to_68() {
        let year_2000 = any_form(b"Saturday, 01-Jan-00 00:00:00 GMT");
        assert_eq!(year_2000, Some(946_684_800));
        assert_eq!(any_form(b"Thursday, 01-Jan-70 00:00:00 GMT"), Some(0));
    }

    #[test]
    fn the_standard_form_is_one_of_the_four() {
        let read = standard_form(b"Fri, 12 Sep 2025 23:53:18 GMT");
        assert_eq!(read, Some(1_757_721_198));
        assert_eq!(standard_form(b"Fri, 12 Sep 2025 23:53:18 GMT+00:00"), None);
    }
}
