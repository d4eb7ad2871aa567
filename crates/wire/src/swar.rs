//! Searches bytes, eight at a time (SIMD within a register).
//!
//! `memchr` without vector instructions uses machine words, which are four
//! bytes in WebAssembly: about twice as many instructions.

/// Whether `bytes` contain an ASCII byte.
#[must_use]
pub fn contains(bytes: &[u8], byte: u8) -> bool {
    find(bytes, |word| is(word, byte)).is_some()
}

/// The index of the first line feed or carriage return.
#[inline]
#[must_use]
pub(crate) fn line_end(bytes: &[u8]) -> Option<usize> {
    // One comparison finds both; what else it finds is rare in text.
    let mut start = 0_usize;
    loop {
        let rest = bytes.get(start..)?;
        let at = find(rest, |word| below(word, b'\r'.saturating_add(1)))?;
        let found = start.saturating_add(at);
        match bytes.get(found)? {
            b'\n' | b'\r' => return Some(found),
            _ => start = found.saturating_add(1),
        }
    }
}

/// The index of the first byte that is one of two ASCII bytes.
pub(crate) fn either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    find(bytes, |word| is(word, one) | is(word, other))
}

/// The index of the first marked byte. The marks of a word are the highest bits
/// of its bytes, as set by [`is`] and [`below`].
///
/// Both subtract, which may borrow from the next byte: only the lowest mark is
/// reliable.
#[inline]
pub(crate) fn find(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    /// The number of words that are checked together.
    const BLOCK: usize = 4;
    let (words, tail) = bytes.as_chunks();
    let (blocks, _) = words.as_chunks::<BLOCK>();
    let has_marks = |block: &&[[u8; 8]; BLOCK]| {
        let marked = block.iter().fold(0, |marked, word| {
            let word = u64::from_le_bytes(*word);
            marked | marks(word) & !word
        });
        marked & all(0x80) != 0
    };
    let plain = blocks.iter().take_while(|block| !has_marks(block)).count();
    let plain = plain.saturating_mul(BLOCK);
    let words = words.get(plain..)?;
    let lowest = |word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        // Non-ASCII bytes have the highest bit set.
        let found = marks(word) & !word & all(0x80);
        (found != 0).then_some(found.trailing_zeros() as usize / 8)
    };
    let mut at = plain.saturating_mul(8);
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

/// Marks the bytes equal to `byte`.
#[inline]
pub(crate) fn is(word: u64, byte: u8) -> u64 {
    (word ^ all(byte)).wrapping_sub(all(1))
}

/// Marks the bytes below `byte`.
#[inline]
pub(crate) fn below(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(all(byte))
}

/// A word with `byte` in every position.
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
            bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b'#'), Just(b'!'), Just(b'\n'), Just(b'\t'), any::<u8>()], 0..40)
        ) {
            let first = |wanted: fn(u8) -> bool| bytes.iter().position(|byte| wanted(*byte));
            prop_assert_eq!(contains(&bytes, b'"'), bytes.contains(&b'"'));
            prop_assert_eq!(either(&bytes, b'"', b'!'), first(|byte| byte == b'"' || byte == b'!'));
            prop_assert_eq!(line_end(&bytes), first(|byte| byte == b'\n' || byte == b'\r'));
            prop_assert_eq!(find(&bytes, |word| below(word, b' ')), first(|byte| byte < b' '));
        }
    }
}
