//! The result of a call; `embeddings` of `wit/text-embedding.wit`.

use crate::response::ResponseMetadata;
use crate::usage::Usage;

/// One vector per text, in the order of the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// Length of each vector; 0 if there are no vectors.
    pub dimensions: u32,
    /// The concatenated vectors; all values are finite.
    pub values: Vec<f32>,
    /// Indices of the truncated texts, ascending.
    pub truncated: Vec<u32>,
    /// The sum of all requests.
    pub usage: Option<Usage>,
    /// Metadata of the last response.
    pub info: ResponseMetadata,
}
