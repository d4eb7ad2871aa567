//! Where a byte stands among others, eight bytes at a time.
//!
//! By hand, since `memchr` without vector instructions goes by words of the
//! machine, which in WebAssembly are four bytes: it takes about twice as many
//! instructions.

/// Whether a byte of ASCII is among these.
#[must_use]
pub fn contains(bytes: &[u8], byte: u8) -> bool {
    find(bytes, |word| is(word, byte)).is_some()
}

/// Where the first byte stands that is one of two, both of ASCII.
pub(crate) fn either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    find(bytes, |word| is(word, one) | is(word, other))
}

/// Where the first byte stands that is marked. The marks of a word are its
/// bytes' highest bits, as [`is`] and [`below`] set them.
///
/// Those two subtract, which borrows from the highest bit of a byte that is too
/// small, and from the byte above it: of the marks, the lowest is right.
#[inline]
pub(crate) fn find(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, tail) = bytes.as_chunks();
    let lowest = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        // A byte beyond ASCII has its highest bit anyway.
        let found = marks(word) & !word & all(0x80);
        (found != 0).then_some(found.trailing_zeros() as usize / 8)
    };
    let mut at = 0_usize;
    for word in words {
        if let Some(place) = lowest(*word) {
            return Some(at.saturating_add(place));
        }
        at = at.saturating_add(8);
    }
    let mut last = [0; 8];
    last.get_mut(..tail.len())?.copy_from_slice(tail);
    let place = lowest(last)?;
    (place < tail.len()).then_some(at.saturating_add(place))
}

/// Marks the bytes that are this one.
#[inline]
pub(crate) fn is(word: u64, byte: u8) -> u64 {
    (word ^ all(byte)).wrapping_sub(all(1))
}

/// Marks the bytes that are smaller than this one.
#[inline]
pub(crate) fn below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(all(byte))
}

/// A byte in every place.
pub(crate) const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_is_found_whatever_stands_around_it(
            bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b'#'), Just(b'!'), any::<u8>()], 0..40)
        ) {
            let first = |wanted: fn(u8) -> bool| bytes.iter().position(|byte| wanted(*byte));
            prop_assert_eq!(contains(&bytes, b'"'), bytes.contains(&b'"'));
            prop_assert_eq!(either(&bytes, b'"', b'!'), first(|byte| byte == b'"' || byte == b'!'));
            prop_assert_eq!(find(&bytes, |word| below(word, b' ')), first(|byte| byte < b' '));
        }
    }
}
