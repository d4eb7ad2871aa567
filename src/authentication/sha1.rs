//! SHA-1 (RFC 3174).

use super::blocks::{BLOCK, bits, feed};

/// The digest of a text.
pub(super) fn digest(text: &[u8]) -> [u8; 20] {
    let mut state = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0_u32,
    ];
    feed(&mut state, text, bits(text).to_be_bytes(), add);
    let mut digest = [0; 20];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

#[expect(clippy::many_single_char_names, reason = "the names of the RFC")]
fn add(state: &mut [u32; 5], block: &[u8; BLOCK]) {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for round in 0..80 {
        let (mix, constant) = match round {
            0..20 => ((b & c) | (!b & d), 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6_u32),
        };
        let sum = a
            .rotate_left(5)
            .wrapping_add(mix)
            .wrapping_add(e)
            .wrapping_add(constant)
            .wrapping_add(words[0]);
        (a, b, c, d, e) = (sum, a, b.rotate_left(30), c, d);
        // Sixteen words are kept: the next takes the place of the first.
        let next = words[13] ^ words[8] ^ words[2] ^ words[0];
        words.rotate_left(1);
        words[15] = next.rotate_left(1);
    }
    for (word, more) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::sha1::Digest;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_has_the_digest_that_others_see_in_it(
            text in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            prop_assert_eq!(digest(&text).to_vec(), ::sha1::Sha1::digest(&text).to_vec());
        }
    }
}
