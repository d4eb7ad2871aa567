//! Requests for text, and answers: whole, or event by event.

mod answer;
mod message;
mod request;

pub use answer::{finish_reason, write_event, write_generation};
pub use request::read_request;
