//! The glue: exports of the contract, and the transport below them. Thin on
//! purpose: what can be decided without input and output is decided in the
//! core.
//!
//! It compiles for every target, so that the lints see it; it runs as a
//! component alone, where the imports are.

mod clock;
pub mod contract;
pub mod convert;
mod credentials;
mod description;
mod document;
mod drawing;
mod exchange;
mod facts;
mod failure;
mod image_generation;
mod live;
mod session;
mod stopwatch;
mod text_embedding;
mod text_generation;
mod text_rerank;
mod transport;
mod upload;
mod wait;

/// The component; the exports are its implementations of the contract's
/// traits, one file for each interface.
struct Component;
