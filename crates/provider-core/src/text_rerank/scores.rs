//! Sorts and filters results by score, and normalizes scores (`rerank_scores`).

use super::ranking::RankedDocument;
use super::request::Request;

/// Which scores are returned: the options of `rerank_scores`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scores {
    /// The model's scores.
    Raw,
    /// Scores scaled so that the lowest of a response is 0 and the highest 1.
    Normalized,
}

impl Scores {
    /// The number of results to request, `None` for all. Normalization needs
    /// all results: otherwise the lowest of a few would become 0.
    pub(super) fn top_n_to_ask(self, request: &Request) -> Option<u32> {
        let documents = u32::try_from(request.documents.len()).unwrap_or(u32::MAX);
        match self {
            Self::Raw => request.top_n.map(|top_n| top_n.min(documents)),
            Self::Normalized => None,
        }
    }

    /// Sorts and filters the results of a response, best first.
    pub(super) fn apply(self, results: &mut Vec<RankedDocument>, request: &Request) {
        match self {
            Self::Raw => {}
            Self::Normalized => normalize(results),
        }
        // No two have the same index, so this is a total order.
        results.sort_unstable_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.index.cmp(&b.index))
        });
        if let Some(threshold) = request.score_threshold {
            results.retain(|result| result.score >= threshold);
        }
        if let Some(top_n) = request.top_n {
            results.truncate(usize::try_from(top_n).unwrap_or(usize::MAX));
        }
    }
}

/// Scales the scores to 0 … 1; equal scores become 1.
fn normalize(results: &mut [RankedDocument]) {
    // Halved, because the difference of two finite numbers may be infinite.
    let half = |score: f64| score / 2.0;
    let halves = || results.iter().map(|result| half(result.score));
    let least = halves().fold(f64::INFINITY, f64::min);
    let range = halves().fold(f64::NEG_INFINITY, f64::max) - least;
    for result in results {
        result.score = if range > 0.0 {
            (half(result.score) - least) / range
        } else {
            1.0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn results(scores: &[f64]) -> Vec<RankedDocument> {
        (0..)
            .zip(scores)
            .map(|(index, score)| RankedDocument {
                index,
                score: *score,
            })
            .collect()
    }

    fn applied(scores: Scores, given: &[f64], request: &Request) -> Vec<(u32, f64)> {
        let mut results = results(given);
        scores.apply(&mut results, request);
        results
            .iter()
            .map(|result| (result.index, result.score))
            .collect()
    }

    #[test]
    fn raw_scores_are_kept_and_the_best_is_first() {
        let all = Request::default();
        assert_eq!(
            applied(Scores::Raw, &[-3.5, 12.0, 0.0], &all),
            [(1, 12.0), (2, 0.0), (0, -3.5)]
        );
    }

    #[test]
    fn of_equal_scores_the_earlier_document_is_first() {
        assert_eq!(
            applied(Scores::Raw, &[0.5, 0.9, 0.5, 0.9], &Request::default()),
            [(1, 0.9), (3, 0.9), (0, 0.5), (2, 0.5)]
        );
    }

    #[test]
    fn normalized_scores_span_zero_to_one() {
        let all = Request::default();
        assert_eq!(
            applied(Scores::Normalized, &[-2.0, 6.0, 0.0], &all),
            [(1, 1.0), (2, 0.25), (0, 0.0)]
        );
        assert_eq!(applied(Scores::Normalized, &[0.1], &all), [(0, 1.0)]);
        assert_eq!(
            applied(Scores::Normalized, &[0.0, 0.0], &all),
            [(0, 1.0), (1, 1.0)]
        );
        let extremes = [f64::MAX, f64::MIN, 0.0];
        assert_eq!(
            applied(Scores::Normalized, &extremes, &all),
            [(0, 1.0), (2, 0.5), (1, 0.0)]
        );
    }

    #[test]
    fn the_threshold_is_for_what_is_returned_and_includes_itself() {
        let mut request = Request {
            score_threshold: Some(0.25),
            ..Request::default()
        };
        assert_eq!(applied(Scores::Raw, &[0.2, 0.25], &request), [(1, 0.25)]);
        assert_eq!(
            applied(Scores::Normalized, &[-2.0, 6.0, 0.0], &request),
            [(1, 1.0), (2, 0.25)]
        );
        request.top_n = Some(1);
        assert_eq!(
            applied(Scores::Normalized, &[-2.0, 6.0, 0.0], &request),
            [(1, 1.0)]
        );
    }

    proptest! {
        #[test]
        fn whatever_the_scores_the_order_is_theirs_and_normalized_ones_are_in_range(
            scores in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL, 1..40)
        ) {
            let raw = applied(Scores::Raw, &scores, &Request::default());
            prop_assert_eq!(raw.len(), scores.len());
            for pair in raw.windows(2) {
                prop_assert!(pair[0].1 >= pair[1].1);
            }
            let normalized = applied(Scores::Normalized, &scores, &Request::default());
            for (_, score) in &normalized {
                prop_assert!((0.0..=1.0).contains(score), "{}", score);
            }
            prop_assert_eq!(normalized[0].1.to_bits(), 1.0_f64.to_bits());
        }
    }
}
