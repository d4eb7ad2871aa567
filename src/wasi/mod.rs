//! Input and output: HTTP requests over `wasi:http`, with timeouts, retries and
//! several requests at a time.

pub(crate) mod client;
pub(crate) mod clock;
mod error_code;
pub(crate) mod full_response;
pub(crate) mod image_task;
mod outgoing_body;
pub(crate) mod poll_set;
pub(crate) mod response_stream;
pub(crate) mod retrying_request;
pub(crate) mod timings;
