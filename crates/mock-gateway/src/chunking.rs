//! Splitting a response's bytes into separate writes. Pure: the same bytes and
//! the same seed give the same chunks.

use std::num::NonZeroUsize;

use bytes::{Bytes, BytesMut};
use fastrand::Rng;

/// The largest chunk `Chunking::Random` makes, in bytes: about half an event,
/// so that most events are split at least once.
const LARGEST_RANDOM_CHUNK_BYTES: usize = 96;

/// How a response is split into chunks, each sent in a write of its own. A
/// network may split anywhere, so a client must not depend on any of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chunking {
    /// Everything that is available in one chunk: a whole stream at once, as
    /// behind a plugin of the gateway that buffers.
    Whole,
    /// One chunk for each event.
    #[default]
    PerEvent,
    /// Chunks of this many bytes; the last may be shorter.
    Fixed(NonZeroUsize),
    /// Chunks of one byte.
    OneByte,
    /// Chunks of 1 to 96 bytes, by the gateway's seed, split anywhere: inside
    /// UTF-8 sequences, between CR and LF, inside a field's name.
    Random,
}

impl Chunking {
    /// Splits events without a pause between them into chunks. No chunk is
    /// empty, and together they are the events' bytes. Only `Random` uses the
    /// seed.
    #[must_use]
    pub fn split(self, events: &[Bytes], seed: u64) -> Vec<Bytes> {
        match self {
            Self::PerEvent => events
                .iter()
                .filter(|event| !event.is_empty())
                .cloned()
                .collect(),
            Self::Whole => cut(joined(events), || usize::MAX),
            Self::Fixed(size) => cut(joined(events), || size.get()),
            Self::OneByte => cut(joined(events), || 1),
            Self::Random => {
                let mut random = Rng::with_seed(seed);
                cut(joined(events), || random_size(&mut random))
            }
        }
    }
}

fn joined(events: &[Bytes]) -> Bytes {
    let mut whole = BytesMut::with_capacity(events.iter().map(Bytes::len).sum());
    for event in events {
        whole.extend_from_slice(event);
    }
    whole.freeze()
}

/// Splits into the sizes that `next_size` returns (0 counts as 1).
fn cut(mut rest: Bytes, mut next_size: impl FnMut() -> usize) -> Vec<Bytes> {
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let size = next_size().clamp(1, rest.len());
        chunks.push(rest.split_to(size));
    }
    chunks
}

/// Half of the chunks have 1 to 3 bytes: those split UTF-8 sequences and line
/// ends.
fn random_size(random: &mut Rng) -> usize {
    let largest = if random.bool() {
        3
    } else {
        LARGEST_RANDOM_CHUNK_BYTES
    };
    random.usize(1..=largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(texts: &[&'static str]) -> Vec<Bytes> {
        texts
            .iter()
            .map(|text| Bytes::from_static(text.as_bytes()))
            .collect()
    }

    #[test]
    fn whole_makes_one_chunk_of_all_events() {
        assert_eq!(
            Chunking::Whole.split(&events(&["ab", "cd"]), 0),
            events(&["abcd"])
        );
    }

    #[test]
    fn per_event_keeps_the_events_and_leaves_out_empty_ones() {
        assert_eq!(
            Chunking::PerEvent.split(&events(&["ab", "", "cd"]), 0),
            events(&["ab", "cd"])
        );
    }

    #[test]
    fn fixed_cuts_across_events_and_leaves_a_shorter_rest() {
        let chunking = Chunking::Fixed(NonZeroUsize::new(3).unwrap());
        assert_eq!(
            chunking.split(&events(&["ab", "cde"]), 0),
            events(&["abc", "de"])
        );
    }

    #[test]
    fn nothing_makes_no_chunks() {
        assert_eq!(Chunking::Whole.split(&[], 0), Vec::<Bytes>::new());
    }

    #[test]
    fn random_sooner_or_later_cuts_inside_characters_and_line_ends() {
        let text = events(&["data: 你好\r\n\r\n"; 50]);
        let chunks = Chunking::Random.split(&text, 11);
        assert!(
            chunks
                .iter()
                .any(|chunk| std::str::from_utf8(chunk).is_err())
        );
        assert!(
            chunks
                .windows(2)
                .any(|pair| pair[0].ends_with(b"\r") && pair[1].starts_with(b"\n"))
        );
    }

    fn any_chunking() -> impl Strategy<Value = Chunking> {
        prop_oneof![
            Just(Chunking::Whole),
            Just(Chunking::PerEvent),
            Just(Chunking::OneByte),
            Just(Chunking::Random),
            (1_usize..50).prop_map(|size| Chunking::Fixed(NonZeroUsize::new(size).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn chunks_together_are_the_events_and_the_same_seed_repeats_them(
            chunking in any_chunking(),
            events in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8),
            seed in any::<u64>(),
        ) {
            let events: Vec<Bytes> = events.into_iter().map(Bytes::from).collect();
            let chunks = chunking.split(&events, seed);
            prop_assert_eq!(chunks.concat(), events.concat());
            prop_assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
            prop_assert_eq!(chunking.split(&events, seed), chunks);
        }
    }
}
