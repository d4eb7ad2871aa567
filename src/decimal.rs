//! Decimal numbers, read by hand: what the standard library brings along to
//! parse any decimal takes 13 KB of the component.

/// The thousandths that a number with up to three decimal places has, such as
/// 1500 for `1.5`; none for anything else.
#[must_use]
pub fn thousandths(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    let decimals: u64 = format!("{decimals:0<3}").parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(1000)?.checked_add(decimals)
}

/// Whether a text is a number that is not negative, with a point at most.
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
            assert_eq!(thousandths(text), expected, "{text}");
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
