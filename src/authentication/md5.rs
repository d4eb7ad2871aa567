//! MD5 (RFC 1321), which `content-md5` calls for.

use super::blocks::{BLOCK, bits, feed};

/// The digest of a text.
pub(super) fn digest(text: &[u8]) -> [u8; 16] {
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476_u32];
    feed(&mut state, text, bits(text).to_le_bytes(), add);
    let mut digest = [0; 16];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    digest
}

/// By how many bits each step of a round turns.
const TURNS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// 2³² times the sine of 1, 2, … 64, without its sign.
const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

fn add(state: &mut [u32; 4], block: &[u8; BLOCK]) {
    let (words, _) = block.as_chunks();
    let [mut a, mut b, mut c, mut d] = *state;
    let mut sines = SINES.iter();
    for (round, turns) in TURNS.iter().enumerate() {
        // Where a round begins to take words, and how far apart.
        let (mut place, stride) = match round {
            0 => (0, 1),
            1 => (1, 5),
            2 => (5, 3),
            _ => (0, 7_usize),
        };
        for turn in turns.iter().cycle().take(16) {
            let mix = match round {
                0 => (b & c) | (!b & d),
                1 => (d & b) | (!d & c),
                2 => b ^ c ^ d,
                _ => c ^ (b | !d),
            };
            let word = words.get(place % 16).copied().unwrap_or_default();
            let sum = a
                .wrapping_add(mix)
                .wrapping_add(sines.next().copied().unwrap_or_default())
                .wrapping_add(u32::from_le_bytes(word));
            (a, b, c, d) = (d, b.wrapping_add(sum.rotate_left(*turn)), b, c);
            place = place.wrapping_add(stride);
        }
    }
    for (word, more) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::md5::Digest;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_has_the_digest_that_others_see_in_it(
            text in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            prop_assert_eq!(digest(&text).to_vec(), ::md5::Md5::digest(&text).to_vec());
        }
    }
}
