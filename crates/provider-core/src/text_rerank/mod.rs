//! Documents in the order of their relevance: the types of a call and its
//! result, and the protocols that carry them.
//!
//! A protocol is one file here and one arm in each `match` of [`Protocol`].
//! Responses need no protocol: [`read`] accepts every known shape.

mod cohere;
mod dashscope_compatible;
mod dashscope_native;
mod protocol;
mod ranking;
mod request;
mod reranker;
mod response;
mod scores;

pub use protocol::Protocol;
pub use ranking::{RankedDocument, Ranking};
pub use request::{MAX_DOCUMENTS, Request};
pub use reranker::Reranker;
pub use response::read;
pub use scores::Scores;

#[cfg(test)]
mod tests;
