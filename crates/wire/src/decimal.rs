//! Decimal numbers as people write them in forms and servers in headers: exact,
//! and without the exponents, signs and names that a float has.

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
