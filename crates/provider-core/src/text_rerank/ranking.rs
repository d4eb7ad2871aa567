//! The result of a call; `ranking` of `wit/text-rerank.wit`.

use crate::response::ResponseMetadata;
use crate::usage::Usage;

/// A document and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankedDocument {
    /// Its index in the request.
    pub index: u32,
    /// Finite; higher is better.
    pub score: f64,
}

/// The documents, best first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranking {
    /// Each document at most once.
    pub results: Vec<RankedDocument>,
    /// The usage of the call.
    pub usage: Option<Usage>,
    /// The metadata of the response.
    pub info: ResponseMetadata,
}
