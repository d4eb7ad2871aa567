//! The events of an answer; `event` of `wit/text-generation.wit`.

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
    CompletedToolCall(ToolCall),
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

/// A tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Identifies the call in its result.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the model wrote them.
    pub arguments: String,
    /// Whether they are a JSON object.
    pub arguments_valid: bool,
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
