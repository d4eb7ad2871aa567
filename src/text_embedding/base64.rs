//! Vectors in base64: the bytes of 32-bit floating-point numbers, the lowest
//! byte first. They are decoded number by number, with nothing in between.

use crate::base64::value;

/// Appends the numbers that a text stands for; none if it is not the base64 of
/// whole numbers. Padding may be there or not.
pub(super) fn decode(text: &[u8], values: &mut Vec<f32>) -> Option<()> {
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
    for digit in digits {
        bits = (bits << 6) | u64::from(value(*digit)?);
        count = count.saturating_add(6);
        if count >= 32 {
            count = count.saturating_sub(32);
            let number = u32::try_from(bits.checked_shr(count)? & u64::from(u32::MAX)).ok()?;
            // The first byte came first, so it stands highest.
            values.push(f32::from_bits(number.swap_bytes()));
            bits &= (1_u64 << count).wrapping_sub(1);
        }
    }
    // Less than a digit, and nothing in it.
    (count < 6 && bits == 0).then_some(())
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
