//! Reproducible numbers: the `SplitMix64` generator, and how the gateway's one
//! seed becomes a separate sequence for each request and purpose.

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators":
/// the odd number nearest to 2^64 divided by the golden ratio.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a sequence is used for. Each purpose draws from its own sequence, so
/// that a change to one leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Where a response is cut into chunks.
    Chunking = 1,
    /// The `x-request-id` made for a request that brought none.
    RequestIdentifier = 2,
    /// The identifier a upstream gives its completion.
    CompletionIdentifier = 3,
}

/// A `SplitMix64` generator: small, quick, and the same everywhere. Not for
/// secrets.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator that always gives the same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The generator for one purpose within one request of a gateway.
    pub(crate) fn for_request(gateway_seed: u64, request: u64, purpose: Purpose) -> Self {
        let by_request = Self::new(gateway_seed ^ request.wrapping_mul(GOLDEN_GAMMA)).next();
        Self::new(by_request ^ (purpose as u64))
    }

    /// The next number, spread over the whole of `u64`.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one_for_seed_1234567() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn requests_and_purposes_have_sequences_of_their_own() {
        let first = |request, purpose| Random::for_request(7, request, purpose).next();
        assert_eq!(first(0, Purpose::Chunking), first(0, Purpose::Chunking));
        assert_ne!(first(0, Purpose::Chunking), first(1, Purpose::Chunking));
        assert_ne!(
            first(0, Purpose::Chunking),
            first(0, Purpose::RequestIdentifier)
        );
    }
}
