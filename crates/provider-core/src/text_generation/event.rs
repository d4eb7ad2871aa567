//! The pieces of an answer; `event` of `wit/text-generation.wit`.

use crate::usage::Usage;

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// More of the answer; not empty.
    Text(String),
    /// More of what the model thinks; not empty.
    Reasoning(String),
    /// More of the model's refusal; not empty.
    Refusal(String),
    /// More of a tool call.
    ToolCall(ToolCallFragment),
    /// A tool call is complete.
    CompletedToolCall(ToolCall),
    /// What the call consumed.
    Usage(Usage),
    /// The answer is complete.
    Finish(FinishReason),
}

/// A piece of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCallFragment {
    /// Which call of the answer it belongs to.
    pub index: u32,
    /// In the first fragment of a call.
    pub id: Option<String>,
    /// In the first fragment of a call.
    pub name: Option<String>,
    /// To be appended.
    pub arguments: String,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Ties the result to the call.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the model wrote them.
    pub arguments: String,
    /// Whether they are a JSON object.
    pub arguments_valid: bool,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It met the limit of tokens.
    Length,
    /// It wants tools called.
    ToolCalls,
    /// A content filter cut it off.
    ContentFilter,
    /// In the backend's words.
    Other(String),
}
