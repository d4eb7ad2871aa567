//! Large arrays of a response: split into their items as bytes arrive, each
//! vector read without an intermediate tree.
//!
//! The items of an embedding response contain vectors of thousands of numbers;
//! a general reader (`serde_json::Value`) needs about ten times their size.

mod base64_vector;
mod number_list;
mod splitter;
pub mod vector;

pub use splitter::{ArraySplitter, Disposition, PartTooLarge, Path};
