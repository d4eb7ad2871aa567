//! The implementations of the contract, one file per exported interface.

mod credentials;
mod description;
mod image_generation;
mod text_embedding;
mod text_generation;
mod text_rerank;
mod types;
