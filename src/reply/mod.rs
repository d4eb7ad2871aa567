//! What every reply tells, whatever the protocol: [`facts`](ReplyInfo) from
//! its head, the meaning of a [refusal] or of a reply that is [unreadable], and
//! [lenient] JSON values.

mod advice;
mod details;
mod info;
pub mod lenient;
pub mod members;
pub mod object;
pub mod refusal;
mod retry_hint;
pub mod unreadable;

pub use details::Details;
pub use info::{RateLimit, ReplyInfo};
