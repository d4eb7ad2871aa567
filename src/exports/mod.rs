//! The implementations of the contract, one file per exported interface. The
//! interface `types` has nothing to implement.

mod description;
mod image_generation;
mod models;
mod text_embedding;
mod text_generation;
mod text_rerank;
mod token_estimate;
