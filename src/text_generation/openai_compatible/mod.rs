//! `OpenAI`'s chat completions, in the dialects that gateways and backends
//! speak: strict in what is sent, lenient in what is read.

mod chunk;
mod encode;
mod reader;
mod repair;

pub use encode::encode;
pub use reader::{BodyEnd, Reader};

/// Where the API lies behind the endpoint's base. Higress `ai-proxy`
/// recognises it by this suffix, so any route prefix works.
pub const CHAT_PATH: &str = "/v1/chat/completions";
