//! Vectors from texts: the types of a call and its result, and the protocols
//! that carry them.
//!
//! A call is a [`Job`]: its texts are split into batches, one request each, and
//! the vectors of all batches are concatenated. A protocol is one file here and
//! one arm in each `match` of [`Protocol`].

mod batch;
mod batches;
mod configuration;
mod dashscope;
mod embeddings;
mod format;
mod job;
mod openai_compatible;
mod order;
mod protocol;
mod reader;
mod request;

pub use batches::default_batch_size;
pub use configuration::{Configuration, TooLong};
pub use embeddings::Embeddings;
pub use format::Format;
pub use job::Job;
pub use protocol::Protocol;
pub use reader::{Reader, Response};
pub use request::{InputType, Request};
