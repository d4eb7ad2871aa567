//! Vectors in base64: little-endian 32-bit floating-point numbers, decoded in
//! parts, without a buffer for the whole.

use ::base64::Engine;

use crate::base64::ENGINE;

/// The digits that are decoded at a time: those of whole numbers.
const DIGITS: usize = 4096;
/// The bytes of so many digits.
const BYTES: usize = 3072;

/// Appends the decoded numbers; `None` if the text is not the base64 of
/// complete numbers. Padding is optional.
pub(crate) fn decode(text: &[u8], values: &mut Vec<f32>) -> Option<()> {
    let text = text.trim_ascii_end();
    values.reserve_exact(text.len().div_ceil(4).saturating_mul(3).div_ceil(4));
    let mut bytes = [0; BYTES];
    for digits in text.chunks(DIGITS) {
        let length = ENGINE.decode_slice(digits, &mut bytes).ok()?;
        // A part with padding is not one of whole numbers, unless it is the
        // last one.
        let (numbers, rest) = bytes.get(..length)?.as_chunks();
        if !rest.is_empty() {
            return None;
        }
        values.extend(numbers.iter().map(|number| f32::from_le_bytes(*number)));
    }
    Some(())
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

    #[test]
    fn padding_stands_at_the_end_alone() {
        let vector = STANDARD.encode([0; 3070]);
        assert_eq!(vector.len(), DIGITS);
        assert_eq!(decoded(&format!("{vector}AACAPw==")), None);
        assert_eq!(decoded(&format!("AACAPw=={vector}")), None);
    }

    proptest! {
        #[test]
        fn every_number_comes_back(numbers in prop::collection::vec(any::<u32>(), 0..1_600)) {
            let bytes: Vec<u8> = numbers.iter().flat_map(|bits| bits.to_le_bytes()).collect();
            for text in [STANDARD.encode(&bytes), STANDARD_NO_PAD.encode(&bytes)] {
                let bits: Vec<u32> = decoded(&text).unwrap().into_iter().map(f32::to_bits).collect();
                prop_assert_eq!(&bits, &numbers);
            }
        }
    }
}
