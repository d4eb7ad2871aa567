//! Requests for text, and answers: as a whole, or event by event.

mod answer;
mod content;
mod message;
mod request;

pub use answer::{finish_reason, write_event, write_generation};
pub use request::{parse_request, read_request};
