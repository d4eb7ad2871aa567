//! JSON numbers.

use super::parse_error::ParseError;
use crate::swar::all;

/// A number: its digits, scaled by a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    is_negative: bool,
    digits: u64,
    /// Bounded by the length of the document and a saturated exponent, so it
    /// cannot overflow.
    exponent: i64,
    /// It has neither a point nor an exponent.
    is_whole: bool,
    /// All digits fit.
    is_exact: bool,
}

/// The powers of ten that are exact as `f64`.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Numbers below this have room for another digit.
const ROOM_FOR_ONE: u64 = u64::MAX / 10;
/// The same for eight digits.
const ROOM_FOR_EIGHT: u64 = u64::MAX / 100_000_000;

impl Number {
    const ZERO: Self = Self {
        is_negative: false,
        digits: 0,
        exponent: 0,
        is_whole: true,
        is_exact: true,
    };

    /// Reads the number at `at`, which is moved behind it.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(super) fn read(bytes: &[u8], at: &mut usize) -> Result<Self, ParseError> {
        let mut number = Self::ZERO;
        let mut rest = bytes.get(*at..).unwrap_or_default();
        if let [b'-', behind @ ..] = rest {
            number.is_negative = true;
            rest = behind;
        }
        if let [b'0', b'0'..=b'9', ..] = rest {
            return Err(ParseError::Malformed);
        }
        number.take_digits(&mut rest)?;
        if let [b'.', behind @ ..] = rest {
            number.is_whole = false;
            rest = behind;
            let length = number.take_digits(&mut rest)?;
            number.exponent = number.exponent.wrapping_sub_unsigned(length);
        }
        if let [b'e' | b'E', behind @ ..] = rest {
            number.is_whole = false;
            rest = behind;
            let mut places = Self::ZERO;
            if let [sign @ (b'-' | b'+'), behind @ ..] = rest {
                places.is_negative = *sign == b'-';
                rest = behind;
            }
            places.take_digits(&mut rest)?;
            number.exponent = number.exponent.wrapping_add(places.places());
        }
        *at = bytes.len().saturating_sub(rest.len());
        Ok(number)
    }

    /// Reads at least one digit. Digits that do not fit raise the exponent.
    /// Returns the number of digits.
    fn take_digits(&mut self, bytes: &mut &[u8]) -> Result<u64, ParseError> {
        let mut rest = *bytes;
        while self.digits < ROOM_FOR_EIGHT
            && let Some((eight, behind)) = rest.split_first_chunk()
            && let Some(value) = eight_digits(*eight)
        {
            rest = behind;
            self.digits = self.digits.wrapping_mul(100_000_000).wrapping_add(value);
        }
        while self.digits < ROOM_FOR_ONE
            && let Some((digit, behind)) = split_digit(rest)
        {
            rest = behind;
            self.digits = self.digits.wrapping_mul(10).wrapping_add(digit);
        }
        while let Some((digit, behind)) = split_digit(rest) {
            rest = behind;
            if self.is_exact && self.digits == ROOM_FOR_ONE && digit <= u64::MAX % 10 {
                self.digits = self.digits.wrapping_mul(10).wrapping_add(digit);
            } else {
                self.is_exact = false;
                self.exponent = self.exponent.wrapping_add(1);
            }
        }
        let length = bytes.len().saturating_sub(rest.len());
        *bytes = rest;
        match rest {
            _ if length > 0 => Ok(length as u64),
            [] => Err(ParseError::Truncated),
            _ => Err(ParseError::Malformed),
        }
    }

    /// An integer as an exponent.
    fn places(self) -> i64 {
        let places = i64::from(i32::try_from(self.digits).unwrap_or(i32::MAX));
        if self.is_negative {
            places.wrapping_neg()
        } else {
            places
        }
    }

    /// The number as `f64`; infinite if too large. Correctly rounded for up to
    /// 15 digits and decimal places; beyond that, the last one or two bits may
    /// differ.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "what is beyond 53 bits is beyond what the type can say"
    )]
    pub fn to_f64(self) -> f64 {
        let mut value = self.digits as f64;
        let mut places = self.exponent.unsigned_abs();
        // One iteration for all usual numbers.
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

    /// The number as a count; `None` if it is negative or too large. The
    /// fraction is dropped.
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

/// The first byte, if it is a digit.
fn split_digit(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (byte, behind) = bytes.split_first()?;
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some((digit.into(), behind))
}

/// The value of eight digits, if all are digits: neighbours are combined in
/// parallel, into pairs, fours and eight.
fn eight_digits(bytes: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(bytes);
    // From 0x30 on, and with six more still below 0x40.
    let starts = |word: u64| word & all(0xf0) == all(0x30);
    if !starts(word) || !starts(word.wrapping_add(all(0x06))) {
        return None;
    }
    // The first byte, the lowest, is the most significant digit.
    let ones = word & all(0x0f);
    let pairs = ones.wrapping_mul(10).wrapping_add(ones >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<Number, ParseError> {
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
        fn eight_bytes_are_a_number_if_all_of_them_are_digits(
            bytes in proptest::array::uniform8(prop_oneof![9 => b'0'..=b'9', 1 => any::<u8>()])
        ) {
            let all_are = bytes.iter().all(u8::is_ascii_digit);
            let expected = all_are.then(|| std::str::from_utf8(&bytes).unwrap().parse().unwrap());
            prop_assert_eq!(eight_digits(bytes), expected);
        }

        #[test]
        fn short_decimals_are_read_to_the_bit_before_the_last(
            json in r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,22})?([eE][+-]?[0-7])?"
        ) {
            let expected: f64 = serde_json::from_str(&json).unwrap();
            let number = read(&json).unwrap();
            let in_bounds = number.exponent.abs() <= 22;
            if in_bounds {
                let distance = (number.to_f64() - expected).abs();
                prop_assert!(distance <= expected.abs() * f64::EPSILON);
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
