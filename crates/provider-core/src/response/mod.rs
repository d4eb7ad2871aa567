//! What every response tells, whatever the protocol: [`facts`](ResponseMetadata) from
//! its head, the meaning of a [refusal] or of a response that is [unreadable],
//! whole [documents](document) and what they [cost](usage), and JSON, read by a
//! [scanner] or as an [object], its values [lenient]ly.

pub mod document;
mod error_body;
pub mod error_response;
mod hints;
mod metadata;
mod retry_after;
pub mod unexpected_response;

pub use error_body::ErrorBody;
pub use metadata::{RateLimit, ResponseMetadata};
