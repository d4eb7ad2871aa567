//! A number as JSON writes it.

use super::scanner::Fault;

/// A number: its digits, with the point `exponent` places further to the
/// right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    is_negative: bool,
    digits: u64,
    exponent: i32,
    /// It has neither a point nor an exponent.
    is_whole: bool,
    /// There was room for all digits.
    is_exact: bool,
}

/// The powers of ten that a number of 64 bits holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

impl Number {
    const ZERO: Self = Self {
        is_negative: false,
        digits: 0,
        exponent: 0,
        is_whole: true,
        is_exact: true,
    };

    /// Reads the number that stands at a place, which moves behind it.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(super) fn read(bytes: &[u8], at: &mut usize) -> Result<Self, Fault> {
        let mut number = Self::ZERO;
        number.is_negative = takes(bytes, at, b"-");
        let start = *at;
        let (length, left_out) = number.take_digits(bytes, at)?;
        number.exponent = left_out;
        if length > 1 && bytes.get(start) == Some(&b'0') {
            return Err(Fault::Malformed);
        }
        if takes(bytes, at, b".") {
            number.is_whole = false;
            let (length, left_out) = number.take_digits(bytes, at)?;
            let kept = length.saturating_sub(left_out);
            number.exponent = number.exponent.saturating_sub(kept);
        }
        if takes(bytes, at, b"eE") {
            number.is_whole = false;
            let mut places = Self::ZERO;
            places.is_negative = bytes.get(*at) == Some(&b'-');
            takes(bytes, at, b"+-");
            places.take_digits(bytes, at)?;
            number.exponent = number.exponent.saturating_add(places.places());
        }
        Ok(number)
    }

    /// Takes digits, at least one. Returns how many there were, and for how
    /// many of them there was no room.
    fn take_digits(&mut self, bytes: &[u8], at: &mut usize) -> Result<(i32, i32), Fault> {
        const LAST: u64 = u64::MAX / 10;
        let rest = bytes.get(*at..).unwrap_or_default();
        let (mut length, mut left_out) = (0_usize, 0_i32);
        for byte in rest {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            length = length.wrapping_add(1);
            let has_room = self.digits < LAST
                || (self.is_exact && self.digits == LAST && u64::from(digit) <= u64::MAX % 10);
            if has_room {
                self.digits = self.digits.wrapping_mul(10).wrapping_add(digit.into());
            } else {
                self.is_exact = false;
                left_out = left_out.saturating_add(1);
            }
        }
        *at = at.saturating_add(length);
        match bytes.get(*at) {
            _ if length > 0 => Ok((i32::try_from(length).unwrap_or(i32::MAX), left_out)),
            None => Err(Fault::Truncated),
            Some(_) => Err(Fault::Malformed),
        }
    }

    /// A whole number as an exponent.
    fn places(self) -> i32 {
        let places = i32::try_from(self.digits).unwrap_or(i32::MAX);
        if self.is_negative {
            places.saturating_neg()
        } else {
            places
        }
    }

    /// As a floating-point number; infinite if it is too large. It is the
    /// closest one where there are at most 15 digits and as many places
    /// behind the point; beyond that, the last bit or two may differ.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "what is beyond 53 bits is beyond what the type can say"
    )]
    pub fn to_f64(self) -> f64 {
        let mut value = self.digits as f64;
        let mut places = self.exponent.unsigned_abs();
        while places > 0 && value != 0.0 && value.is_finite() {
            let step = places.min(22);
            places = places.saturating_sub(step);
            let power = POWERS.get(step as usize).copied().unwrap_or(1.0);
            if self.exponent < 0 {
                value /= power;
            } else {
                value *= power;
            }
        }
        if self.is_negative { -value } else { value }
    }

    /// As a count, none if it is negative or too large. The fraction is left
    /// out.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked; 2^53 is where f64 stops being exact"
    )]
    pub fn to_count(self) -> Option<u64> {
        if self.is_whole && self.is_exact {
            return (!self.is_negative || self.digits == 0).then_some(self.digits);
        }
        let value = self.to_f64();
        (0.0..=9_007_199_254_740_992.0)
            .contains(&value)
            .then_some(value as u64)
    }
}

/// Whether one of these bytes is next, which then has been read.
fn takes(bytes: &[u8], at: &mut usize, any_of: &[u8]) -> bool {
    let is_next = bytes.get(*at).is_some_and(|byte| any_of.contains(byte));
    *at = at.saturating_add(usize::from(is_next));
    is_next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<Number, Fault> {
        let mut at = 0;
        let number = Number::read(json.as_bytes(), &mut at)?;
        assert_eq!(at, json.len(), "{json}");
        Ok(number)
    }

    #[test]
    fn numbers_beyond_all_bounds_are_zero_or_infinite() {
        for (json, expected) in [
            ("1e400", f64::INFINITY),
            ("-1e99999999999999999999", f64::NEG_INFINITY),
            ("1e-400", 0.0),
            ("0e99999999999999999999", 0.0),
            ("5e-324", 5e-324),
        ] {
            let number = read(json).unwrap().to_f64();
            assert_eq!(number.to_bits(), f64::to_bits(expected), "{json}");
        }
    }

    #[test]
    fn whole_numbers_of_64_bits_are_exact() {
        for (json, expected) in [
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("18446744073709551620", None),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("-0", Some(0)),
            ("-1", None),
            ("1.9", Some(1)),
            ("1e3", Some(1000)),
        ] {
            assert_eq!(read(json).unwrap().to_count(), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn short_decimals_are_read_to_the_last_bit(
            json in r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,22})?([eE][+-]?[0-7])?"
        ) {
            let expected: f64 = serde_json::from_str(&json).unwrap();
            let number = read(&json).unwrap();
            let in_bounds = number.exponent.abs() <= 22;
            if in_bounds {
                prop_assert_eq!(number.to_f64().to_bits(), expected.to_bits());
            }
        }

        #[test]
        fn all_others_are_as_close_as_they_need_to_be(
            json in r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?"
        ) {
            let expected: f64 = json.parse().unwrap();
            let number = read(&json).unwrap().to_f64();
            prop_assert!((number - expected).abs() <= expected.abs() * 1e-14, "{} {}", number, expected);
        }

        #[test]
        fn a_number_is_one_where_serde_json_says_so(json in r"[-+]?[01]{0,2}\.?[0-9]{0,2}[eE]?[+-]?[0-9]{0,2}") {
            let is_number = serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok();
            let mut at = 0;
            let ours = Number::read(json.as_bytes(), &mut at).is_ok() && at == json.len();
            prop_assert_eq!(ours, is_number);
        }
    }
}
