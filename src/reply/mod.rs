//! What every reply tells, whatever the protocol: [`facts`](ReplyInfo) from
//! its head, the meaning of a [refusal] or of a reply that is [unreadable],
//! whole [documents](document) and what they [cost](usage), and [lenient] JSON
//! values.

pub mod document;
mod info;
pub mod lenient;
pub mod object;
pub mod refusal;
pub mod unreadable;
pub mod usage;

pub use info::{RateLimit, ReplyInfo};
