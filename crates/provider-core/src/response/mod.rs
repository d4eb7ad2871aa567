//! What every response tells, whatever the protocol: [`facts`](ResponseMetadata) from
//! its head, the meaning of a [refusal] or of a response that is [unreadable],
//! whole [documents](document) and what they [cost](usage), and JSON, read by a
//! [scanner] or as an [object], its values [lenient]ly.

mod advice;
mod details;
pub mod document;
mod info;
pub mod refusal;
mod retry_hint;
pub mod unreadable;

pub use details::Details;
pub use info::{RateLimit, ResponseMetadata};
