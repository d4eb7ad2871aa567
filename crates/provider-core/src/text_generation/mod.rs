//! Text from messages: the types of a call and its answer, and the protocols
//! that carry them.
//!
//! A protocol is one folder here and one arm in each `match` of [`Protocol`].

mod answer;
mod estimate;
mod event;
pub mod openai_compatible;
mod protocol;
mod request;
mod response_mode;

pub use answer::{Generation, GenerationBuilder};
pub use event::{
    Citation, Event, FinishReason, GeneratedAudio, GeneratedImage, GeneratedToolCall,
    ToolCallFragment,
};
pub use protocol::Protocol;
pub use request::{
    AssistantMessage, CachePoint, ContentMessage, ContentPart, ImageDetail, JsonSchema, Media,
    MediaKind, MediaSource, Message, Parameters, Request, ResponseFormat, SearchContextSize, Tool,
    ToolCall, ToolChoice, ToolMessage,
};
pub use response_mode::ResponseMode;
