//! `OpenAI`'s completions, in the dialects of gateways and backends: strict in
//! what is sent, lenient in what is read.
//!
//! | file | contents |
//! | --- | --- |
//! | `dialect` | the options of the backend |
//! | `encode`, `messages`, `prompt`, `content`, `media`, `tools`, `response_format` | the request |
//! | `body`, `message`, `json_object`, `sent_provider_data`, `capacity` | its types on the wire |
//! | `reader`, `chunk`, `repair` | the response, from bytes to events |
//! | `answer`, `tool_calls`, `think_tags`, `dashscope_native` | the state of the answer |

mod answer;
mod body;
mod capacity;
mod chunk;
mod content;
mod dashscope_native;
mod dialect;
mod encode;
mod json_object;
mod media;
mod message;
mod messages;
mod prompt;
mod reader;
mod repair;
mod response_format;
mod sent_provider_data;
mod think_tags;
mod tool_calls;
mod tools;

pub use answer::ReaderOptions;
pub use dialect::Dialect;
pub use encode::encode;
pub use reader::{BodyEnd, Reader};
