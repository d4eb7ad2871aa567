//! The result of a call; `embeddings` of `wit/text-embedding.wit`.

use crate::response::ResponseMetadata;
use crate::usage::Usage;

/// Vectors, one for each text, in the order of the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// Length of each vector; 0 if there are none.
    pub dimensions: u32,
    /// The vectors one after the other; all values are finite.
    pub values: Vec<f32>,
    /// The texts that were cut, by index, ascending.
    pub truncated: Vec<u32>,
    /// The sum over all requests.
    pub usage: Option<Usage>,
    /// Of the last request.
    pub info: ResponseMetadata,
}
