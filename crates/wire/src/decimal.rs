//! Decimal numbers with few digits, such as parameters, prices and timeouts.
//! The general parser and formatter of the standard library add 16 KB to the
//! component.

/// Formats a number in −2 … 2 with 1 to 15 decimal places. Numbers with more
/// are rounded, which changes them by less than 10⁻¹⁵.
#[must_use]
pub fn format(number: f64) -> String {
    /// 10¹⁵. Twice that is below 2⁵³, so the error of the product is below one
    /// half and rounding yields the intended decimal.
    const PLACES: u64 = 1_000_000_000_000_000;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "it is positive, and small; 10¹⁵ is exact"
    )]
    let units = (number.abs() * PLACES as f64 + 0.5) as u64;
    let decimals = format!("{:015}", units % PLACES);
    let mut decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() {
        decimals = "0";
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    format!("{sign}{}.{decimals}", units / PLACES)
}

/// Parses a number with up to three decimal places as millis, such as 1500
/// for `1.5`; `None` for anything else.
#[must_use]
pub fn parse_millis(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    let mut millis: u64 = whole.parse().ok()?;
    for place in 0..3 {
        let digit = decimals.as_bytes().get(place).unwrap_or(&b'0');
        let digit = u64::from(digit.wrapping_sub(b'0'));
        millis = millis.checked_mul(10)?.checked_add(digit)?;
    }
    Some(millis)
}

/// Whether a text is a non-negative decimal number without an exponent.
#[must_use]
pub fn is_decimal(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    !whole.is_empty() && are_digits(whole) && are_digits(decimals) && !text.ends_with('.')
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_written_as_they_were_meant() {
        for (number, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.7, "0.7"),
            (-1.25, "-1.25"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (1.999_999_999_999_999, "1.999999999999999"),
            (1e-15, "0.000000000000001"),
            (1e-16, "0.0"),
        ] {
            assert_eq!(format(number), expected, "{number}");
        }
    }

    proptest! {
        #[test]
        fn what_has_up_to_fifteen_places_is_written_in_full_and_no_longer(
            units in -2_000_000_000_000_000..=2_000_000_000_000_000_i64,
            places in 1..=15_u32,
        ) {
            let tens = 10_i64.pow(15 - places);
            let units = units / tens * tens;
            let sign = if units < 0 { "-" } else { "" };
            let (whole, rest) = (units.abs() / 10_i64.pow(15), units.abs() % 10_i64.pow(15));
            let number: f64 = format!("{sign}{whole}.{rest:015}").parse().unwrap();
            let shortest = number.to_string();
            let point = if shortest.contains('.') { "" } else { ".0" };
            prop_assert_eq!(format(number), shortest + point);
        }

        #[test]
        fn what_is_written_is_as_good_as_the_number(number in -2.0..=2.0_f64) {
            let read: f64 = format(number).parse().unwrap();
            prop_assert!((read - number).abs() < 1e-15, "{number} {read}");
        }
    }

    #[test]
    fn decimals_are_read_to_the_thousandth() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1.5", Some(1_500)),
            ("0.001", Some(1)),
            ("7.", Some(7_000)),
            ("", None),
            (".5", None),
            ("-1", None),
            ("+1", None),
            ("1.-5", None),
            ("1.0001", None),
            ("1e3", None),
            ("NaN", None),
            ("99999999999999999999", None),
            ("18446744073709551615", None),
        ] {
            assert_eq!(parse_millis(text), expected, "{text}");
        }
    }

    #[test]
    fn prices_are_decimals_of_any_length() {
        for (text, expected) in [
            ("0", true),
            ("0.000001", true),
            ("12.", false),
            ("", false),
            (".5", false),
            ("-1", false),
            ("1,5", false),
            ("1.2.3", false),
            ("1e-6", false),
            ("free", false),
        ] {
            assert_eq!(is_decimal(text), expected, "{text}");
        }
    }
}
