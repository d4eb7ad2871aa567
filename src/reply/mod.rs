//! What every reply tells, whatever the protocol: [`facts`](ReplyInfo) from
//! its head, the meaning of a [refusal] or of a reply that is [unreadable], and
//! [lenient] JSON values.

mod info;
pub mod lenient;
pub mod object;
pub mod refusal;
pub mod unreadable;

pub use info::{RateLimit, ReplyInfo};
