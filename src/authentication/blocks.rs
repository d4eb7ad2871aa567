//! What MD5 and SHA-1 have in common: a text goes into a state of words by
//! blocks of 64 bytes, and the last of them ends with the text's length
//! (RFC 1321 §3.1, RFC 3174 §4).
//!
//! Both hashes are written by hand: the crates for them unroll every round,
//! which takes 5 KB more of the component. Neither is a choice of ours; one
//! is the digest of `content-md5`, the other serves old consumers.

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

/// Where the length stands in the last block.
const PLACE_OF_LENGTH: usize = BLOCK - 8;

/// Feeds a text to a hash. `length` is the number of its bits, in the order of
/// bytes that the hash has.
pub(super) fn feed<State>(
    state: &mut State,
    text: &[u8],
    length: [u8; 8],
    add: fn(&mut State, &[u8; BLOCK]),
) {
    let (blocks, rest) = text.as_chunks();
    for block in blocks {
        add(state, block);
    }
    let mut end = rest.to_vec();
    end.push(0x80);
    while end.len() % BLOCK != PLACE_OF_LENGTH {
        end.push(0);
    }
    end.extend(length);
    let (blocks, _) = end.as_chunks();
    for block in blocks {
        add(state, block);
    }
}

/// The number of bits of a text.
pub(super) fn bits(text: &[u8]) -> u64 {
    let bytes = u64::try_from(text.len()).unwrap_or_default();
    bytes.wrapping_mul(8)
}
