//! Splits texts into requests, by the maximum batch size of each model family.

use core::ops::Range;

use crate::token_estimate;

/// Maximum number of texts in a request to any model (`OpenAI`'s limit).
pub(super) const MAX_BATCH_SIZE: u32 = 2048;

/// Maximum number of texts in a request to an unknown model. Self-hosted
/// servers accept 32 or more (Text Embeddings Inference: 32).
const UNKNOWN_FAMILY: u32 = 32;

/// Maximum estimated tokens of a request. `OpenAI` rejects more than 300,000;
/// the difference allows for the error of the estimate.
const MAX_BATCH_TOKENS: u64 = 200_000;

/// Batch sizes of model families, by prefixes of model names. The first match
/// is used.
const FAMILIES: [(&str, u32); 8] = [
    ("text-embedding-v1", 25),
    ("text-embedding-v2", 25),
    // Later versions have this limit.
    ("text-embedding-v", 10),
    ("text-embedding-3", MAX_BATCH_SIZE),
    ("text-embedding-ada", MAX_BATCH_SIZE),
    // Served by DashScope. Open Qwen models, which others serve too, accept
    // this size as well.
    ("qwen", 20),
    ("tongyi-embedding", 20),
    ("multimodal-embedding", 20),
];

/// The default batch size of a model. Its name may have a provider prefix, as
/// in `openai/text-embedding-3-small`.
#[must_use]
pub fn default_batch_size(model: &str) -> u32 {
    let name = model.rsplit('/').next().unwrap_or(model);
    FAMILIES
        .into_iter()
        .find(|(family, _)| {
            name.get(..family.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(family))
        })
        .map_or(UNKNOWN_FAMILY, |(_, size)| size)
}

/// The ranges of texts of the requests: each at most `size` texts and
/// [`MAX_BATCH_TOKENS`].
pub(super) fn plan(texts: &[String], size: usize) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut tokens) = (0_usize, 0_u64);
    for (index, text) in texts.iter().enumerate() {
        let more = token_estimate::text(text);
        tokens = tokens.saturating_add(more);
        let is_full = index.saturating_sub(start) == size || tokens > MAX_BATCH_TOKENS;
        if is_full && index > start {
            batches.push(start..index);
            (start, tokens) = (index, more);
        }
    }
    if start < texts.len() {
        batches.push(start..texts.len());
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_limit() {
        for (model, size) in [
            ("text-embedding-v4", 10),
            ("text-embedding-v3", 10),
            ("text-embedding-v2", 25),
            ("text-embedding-v1", 25),
            ("text-embedding-async-v1", UNKNOWN_FAMILY),
            ("qwen3.7-text-embedding", 20),
            ("Qwen/Qwen3-Embedding-8B", 20),
            ("multimodal-embedding-v1", 20),
            ("text-embedding-3-large", 2048),
            ("openai/text-embedding-3-small", 2048),
            ("TEXT-EMBEDDING-ADA-002", 2048),
            ("my-model", UNKNOWN_FAMILY),
            ("日", UNKNOWN_FAMILY),
        ] {
            assert_eq!(default_batch_size(model), size, "{model}");
        }
    }

    fn texts(count: usize, text: &str) -> Vec<String> {
        vec![text.to_owned(); count]
    }

    #[test]
    fn batches_cover_all_texts_once_in_as_few_requests_as_can_be() {
        for (count, size) in [(0, 10), (1, 10), (10, 10), (11, 10), (2048, 10), (7, 2048)] {
            let batches = plan(&texts(count, "a"), size);
            assert_eq!(batches.len(), count.div_ceil(size));
            let mut covered = 0;
            for batch in batches {
                assert_eq!(batch.start, covered);
                assert!(!batch.is_empty() && batch.len() <= size, "{batch:?}");
                covered = batch.end;
            }
            assert_eq!(covered, count);
        }
    }

    #[test]
    fn a_batch_of_long_texts_ends_before_a_request_is_too_large() {
        let long = "word ".repeat(60_000);
        assert_eq!(plan(&texts(7, &long), 2048), [0..3, 3..6, 6..7]);
        let longest = "word ".repeat(250_000);
        assert_eq!(plan(&texts(2, &longest), 2048), [0..1, 1..2]);
    }
}
