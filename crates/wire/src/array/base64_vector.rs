//! Vectors in base64: little-endian 32-bit floating-point numbers, decoded
//! three at a time without a buffer.

/// Appends the decoded numbers; `None` if the text is not the base64 of
/// complete numbers. Padding is optional.
pub(crate) fn decode(text: &[u8], values: &mut Vec<f32>) -> Option<()> {
    let digits = text.trim_ascii_end();
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=');
    let padding = padding.count().min(2);
    let digits = digits.get(..digits.len().saturating_sub(padding))?;

    let bytes = digits.len().checked_mul(6)?.checked_div(8)?;
    let count = bytes.checked_div(4)?;
    // Exactly as many digits as the numbers need.
    let needed = bytes.checked_mul(8)?.div_ceil(6);
    if bytes % 4 != 0 || digits.len() != needed {
        return None;
    }
    values.reserve_exact(count);
    let (threes, tail) = digits.as_chunks();
    for three in threes {
        values.extend(numbers(three)?);
    }
    // Up to two more numbers. The digits are filled up with zeros, and the rest
    // of the last one must be zero.
    let mut three = [b'A'; 16];
    three.get_mut(..tail.len())?.copy_from_slice(tail);
    let three = numbers(&three)?;
    let (last, nothing) = three.split_at_checked(count % 3)?;
    values.extend(last);
    nothing
        .iter()
        .all(|number| number.to_bits() == 0)
        .then_some(())
}

/// The three numbers in the 96 bits of sixteen digits.
fn numbers(digits: &[u8; 16]) -> Option<[f32; 3]> {
    let ([first, second, third, fourth], _) = digits.as_chunks() else {
        return None;
    };
    let (a, b, c, d) = (bits(*first)?, bits(*second)?, bits(*third)?, bits(*fourth)?);
    let number = |bits: u32| f32::from_bits(bits.swap_bytes());
    Some([
        number(a << 8 | b >> 16),
        number(b << 16 | c >> 8),
        number(c << 24 | d),
    ])
}

/// The 24 bits of four digits.
fn bits([first, second, third, fourth]: [u8; 4]) -> Option<u32> {
    let (first, second) = (value(first), value(second));
    let (third, fourth) = (value(third), value(fourth));
    if (first | second | third | fourth) > LAST {
        return None;
    }
    Some(first << 18 | second << 12 | third << 6 | fourth)
}

/// The largest value of a digit.
const LAST: u32 = 63;

/// The value of each byte as a digit (RFC 4648 §4); more than [`LAST`] for
/// other bytes.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler computes the table, and would refuse a bad index"
)]
const VALUES: [u8; 256] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 64 {
        values[digits[value as usize] as usize] = value;
        value += 1;
    }
    values
};

fn value(digit: u8) -> u32 {
    VALUES
        .get(usize::from(digit))
        .map_or(u32::MAX, |value| (*value).into())
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn decoded(text: &str) -> Option<Vec<f32>> {
        let mut values = Vec::new();
        decode(text.as_bytes(), &mut values).map(|()| values)
    }

    #[test]
    fn the_lowest_byte_comes_first() {
        assert_eq!(decoded("AACAPwAAAMA="), Some(vec![1.0, -2.0]));
    }

    #[test]
    fn what_is_not_the_base64_of_whole_numbers_is_refused() {
        for text in [
            "AACAPwAA",
            "AACAPwAAAMA=x",
            "AACA-w==",
            "AACAPx==",
            "AACAPw===",
            "A",
            "日本",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_comes_back(numbers: Vec<u32>) {
            let bytes: Vec<u8> = numbers.iter().flat_map(|bits| bits.to_le_bytes()).collect();
            for text in [STANDARD.encode(&bytes), STANDARD_NO_PAD.encode(&bytes)] {
                let bits: Vec<u32> = decoded(&text).unwrap().into_iter().map(f32::to_bits).collect();
                prop_assert_eq!(&bits, &numbers);
            }
        }
    }
}
