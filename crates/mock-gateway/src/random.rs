//! The gateway's one seed, split into a sequence for each request and purpose.

use fastrand::Rng;

/// What a sequence is used for. Each purpose has its own, so that a change to
/// one leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Where a response is cut into chunks.
    Chunking = 1,
    /// The `x-request-id` of a request that has none.
    RequestIdentifier = 2,
    /// The identifier of an upstream's completion.
    CompletionIdentifier = 3,
}

/// The generator for one purpose within one request: the same numbers for the
/// same arguments.
pub(crate) fn generator(gateway_seed: u64, request: u64, purpose: Purpose) -> Rng {
    // An odd factor keeps requests apart and spreads them over all bits.
    let spread = request.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let by_request = Rng::with_seed(gateway_seed ^ spread).u64(..);
    Rng::with_seed(by_request ^ (purpose as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_purposes_have_sequences_of_their_own_that_a_seed_repeats() {
        let first = |seed, request, purpose| generator(seed, request, purpose).u64(..);
        let chunking = first(7, 0, Purpose::Chunking);
        assert_eq!(chunking, first(7, 0, Purpose::Chunking));
        assert_ne!(chunking, first(8, 0, Purpose::Chunking));
        assert_ne!(chunking, first(7, 1, Purpose::Chunking));
        assert_ne!(chunking, first(7, 0, Purpose::RequestIdentifier));
    }
}
