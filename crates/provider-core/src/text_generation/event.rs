//! The events of an answer; `event` of `wit/text-generation.wit`.

use super::request::{MediaSource, ToolCall};
use crate::usage::Usage;

/// An event of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Text of the answer; not empty.
    Text(String),
    /// Text of the reasoning; not empty.
    Reasoning(String),
    /// Text of the model's refusal; not empty.
    Refusal(String),
    /// A fragment of a tool call.
    ToolCall(ToolCallFragment),
    /// A complete tool call.
    CompletedToolCall(GeneratedToolCall),
    /// A source of the answer.
    Citation(Citation),
    /// An image of the answer.
    Image(GeneratedImage),
    /// The next part of the audio of the answer.
    Audio(GeneratedAudio),
    /// The provider data of the turn: a JSON object as text.
    ProviderData(String),
    /// The usage of the call.
    Usage(Usage),
    /// The answer is complete.
    Finish(FinishReason),
}

/// A fragment of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCallFragment {
    /// Index of the call in the answer.
    pub index: u32,
    /// Set in the first fragment of a call.
    pub id: Option<String>,
    /// Set in the first fragment of a call.
    pub name: Option<String>,
    /// Text to append to the arguments.
    pub arguments: String,
}

/// A tool call in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedToolCall {
    /// The call.
    pub call: ToolCall,
    /// Whether its arguments are a JSON object.
    pub arguments_valid: bool,
}

/// A source of an answer. At least one of `url`, `title` and `text` is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citation {
    /// The address of the source.
    pub url: Option<String>,
    /// The title of the source.
    pub title: Option<String>,
    /// The cited text, or an excerpt of the source.
    pub text: Option<String>,
    /// The mark by which the answer refers to the source.
    pub label: Option<String>,
    /// Index of the first character of the answer that the source supports.
    pub start: Option<u32>,
    /// Index behind the last such character.
    pub end: Option<u32>,
}

/// An image in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedImage {
    /// Its URL or bytes.
    pub source: MediaSource,
    /// Such as `image/png`.
    pub mime_type: Option<String>,
}

/// Audio in an answer, or a part of it in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedAudio {
    /// The bytes, which continue those of the events before.
    pub bytes: Vec<u8>,
    /// Such as `audio/wav`, if the backend names it.
    pub mime_type: Option<String>,
}

/// The finish reason of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// The token limit was reached.
    Length,
    /// The model requests tool calls.
    ToolCalls,
    /// A content filter stopped the answer.
    ContentFilter,
    /// Another reason, in the backend's words.
    Other(String),
}
