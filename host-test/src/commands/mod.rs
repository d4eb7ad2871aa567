//! One file for each command: its arguments, and what it does with them.

pub(crate) mod describe;
pub(crate) mod embed;
pub(crate) mod gateway;
pub(crate) mod image;
pub(crate) mod rerank;
pub(crate) mod text;
mod unary;
pub(crate) mod validate;
