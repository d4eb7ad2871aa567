//! Requests for text, and answers: as a whole, or event by event.

mod answer;
mod content;
mod media;
mod message;
mod request;

pub use answer::{finish_reason, write_event, write_response};
pub use request::{parse_request, read_request};
