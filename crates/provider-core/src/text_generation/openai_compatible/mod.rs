//! `OpenAI`'s completions, in the dialects that gateways and backends speak:
//! strict in what is sent, lenient in what is read.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dialect` | what the form says of the backend |
//! | `encode`, `messages`, `media`, `tools`, `response_format` | the request |
//! | `reader`, `chunk`, `repair` | the response, from bytes to events |
//! | `answer`, `tool_calls`, `think_tags`, `native` | what becomes of its pieces |

mod answer;
mod chunk;
mod dashscope_native;
mod dialect;
mod encode;
mod media;
mod messages;
mod reader;
mod repair;
mod response_format;
mod think_tags;
mod tool_calls;
mod tools;

pub use answer::ReaderOptions;
pub use dialect::Dialect;
pub use encode::encode;
pub use reader::{BodyEnd, Reader};
