//! Conversions between the contract's `text-rerank` and the core's.

use crate::bindings::text_rerank as wit;
use crate::bindings::types;
use provider_core::text_rerank as core;

/// What to rank.
#[must_use]
pub fn request(request: wit::Request) -> core::Request {
    core::Request {
        query: request.query,
        documents: request.documents,
        top_n: request.top_n,
        score_threshold: request.score_threshold,
        instruction: request.instruction,
    }
}

/// The documents in their order, with the metadata of the response.
#[must_use]
pub fn response(ranking: core::Ranking, metadata: types::ResponseMetadata) -> wit::Response {
    let document = |result: core::RankedDocument| wit::RankedDocument {
        index: result.index,
        score: result.score,
    };
    wit::Response {
        results: ranking.results.into_iter().map(document).collect(),
        usage: ranking.usage.map(super::usage),
        metadata,
    }
}
