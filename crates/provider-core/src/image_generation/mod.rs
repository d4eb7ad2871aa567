//! Images from a prompt: the types of a call and its result, and the
//! protocols that carry them.
//!
//! A protocol is one file here and one arm in each `match` of [`Protocol`].
//! Responses need no protocol: [`read`] accepts every known shape. Images are
//! charged, so a request is never retried once it may have been received.

mod dashscope;
mod encoded;
mod openai_images;
mod protocol;
mod reference;
mod request;
mod response;
mod size;
mod task;
mod validation;

pub use protocol::Protocol;
pub use reference::{MAX_REFERENCE_BYTES, ReferenceImage, check_total};
pub use request::Request;
pub use response::{Generation, Image, Progress, read};
pub use size::Size;
pub use task::{PollSchedule, TaskId};
pub use validation::{Validation, check_probe_error};

#[cfg(test)]
mod tests;
