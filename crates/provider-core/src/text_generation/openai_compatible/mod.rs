//! `OpenAI`'s completions, in the dialects of gateways and backends: strict in
//! what is sent, lenient in what is read.
//!
//! | file | contents |
//! | --- | --- |
//! | `dialect` | the options of the backend |
//! | `encode`, `messages`, `prompt`, `content`, `media`, `tools`, `response_format` | the request |
//! | `body`, `message`, `json_object`, `sent_provider_data`, `capacity` | its types on the wire |
//! | `reader`, `event_reader`, `documents`, `repair` | the response, from bytes to chunks |
//! | `chunk`, `fast_chunk`, `other_members`, `content_parts`, `finish_reason` | a chunk and its members |
//! | `answer`, `tool_calls`, `tool_call_delta`, `tool_arguments`, `think_tags`, `dashscope_native` | the state of the answer |
//! | `citations`, `media_output`, `provider_data`, `reasoning_details` | what an answer has beside text and calls |

mod answer;
mod body;
mod capacity;
mod chunk;
mod citations;
mod content;
mod content_parts;
mod dashscope_native;
mod dialect;
mod documents;
mod encode;
mod event_reader;
mod fast_chunk;
mod finish_reason;
mod json_object;
mod media;
mod media_output;
mod message;
mod messages;
mod other_members;
mod prompt;
mod provider_data;
mod reader;
mod reasoning_details;
mod repair;
mod response_format;
mod sent_provider_data;
mod think_tags;
mod tool_arguments;
mod tool_call_delta;
mod tool_calls;
mod tools;

pub use answer::ReaderOptions;
pub use dialect::Dialect;
pub use encode::encode;
pub use reader::{BodyEnd, Reader};
