//! Vectors in base64: the bytes of 32-bit floating-point numbers, the lowest
//! byte first. They are decoded number by number, with nothing in between.

/// Appends the numbers that a text stands for; none if it is not the base64 of
/// whole numbers. Padding may be there or not.
pub(crate) fn decode(text: &[u8], values: &mut Vec<f32>) -> Option<()> {
    let digits = text.trim_ascii_end();
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=');
    let padding = padding.count().min(2);
    let digits = digits.get(..digits.len().saturating_sub(padding))?;

    let bytes = digits.len().checked_mul(6)?.checked_div(8)?;
    if bytes % 4 != 0 {
        return None;
    }
    values.reserve_exact(bytes / 4);
    // The bits that came and are not part of a number yet, the newest lowest.
    let (mut bits, mut count) = (0_u64, 0_u32);
    let (quads, tail) = digits.as_chunks();
    for [first, second, third, fourth] in quads {
        let (first, second) = (value(*first), value(*second));
        let (third, fourth) = (value(*third), value(*fourth));
        if (first | second | third | fourth) > LAST {
            return None;
        }
        bits = (bits << 24)
            | u64::from(first) << 18
            | u64::from(second) << 12
            | u64::from(third) << 6
            | u64::from(fourth);
        count = count.wrapping_add(24);
        if count >= 32 {
            count = count.wrapping_sub(32);
            take(&mut bits, count, values);
        }
    }
    for digit in tail {
        let digit = value(*digit);
        if digit > LAST {
            return None;
        }
        bits = (bits << 6) | u64::from(digit);
        count = count.wrapping_add(6);
        if count >= 32 {
            count = count.wrapping_sub(32);
            take(&mut bits, count, values);
        }
    }
    // Less than a digit, and nothing in it.
    (count < 6 && bits == 0).then_some(())
}

/// Takes a number out of the bits, behind which so many stay.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower 32 bits are the number"
)]
fn take(bits: &mut u64, stay: u32, values: &mut Vec<f32>) {
    let number = bits.wrapping_shr(stay) as u32;
    // The first byte came first, so it stands highest.
    values.push(f32::from_bits(number.swap_bytes()));
    *bits &= 1_u64.wrapping_shl(stay).wrapping_sub(1);
}

/// The largest value of a digit.
const LAST: u8 = 63;

/// What each byte stands for as a digit (RFC 4648 §4); more than [`LAST`] for
/// those that are none.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler computes the table, and would refuse a bad index"
)]
const VALUES: [u8; 256] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value <= LAST {
        values[digits[value as usize] as usize] = value;
        value += 1;
    }
    values
};

fn value(digit: u8) -> u8 {
    VALUES.get(usize::from(digit)).copied().unwrap_or(u8::MAX)
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
