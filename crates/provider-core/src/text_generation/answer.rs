//! Builds a complete answer from its events.

use super::event::{Event, FinishReason, ToolCall};
use crate::error::Error;
use crate::usage::Usage;

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The answer.
    pub text: String,
    /// The model's reasoning.
    pub reasoning: Option<String>,
    /// The model's refusal.
    pub refusal: Option<String>,
    /// The requested tool calls.
    pub tool_calls: Vec<ToolCall>,
    /// The finish reason.
    pub finish_reason: FinishReason,
    /// The usage of the call.
    pub usage: Option<Usage>,
}

/// Collects the events of one answer.
#[derive(Debug, Default)]
pub struct GenerationBuilder {
    text: String,
    reasoning: String,
    refusal: String,
    tool_calls: Vec<ToolCall>,
    finish_reason: Option<FinishReason>,
    usage: Option<Usage>,
}

impl GenerationBuilder {
    /// Adds an event.
    pub fn add(&mut self, event: Event) {
        match event {
            Event::Text(text) => append(&mut self.text, text),
            Event::Reasoning(text) => append(&mut self.reasoning, text),
            Event::Refusal(text) => append(&mut self.refusal, text),
            Event::ToolCall(_) => {}
            Event::CompletedToolCall(call) => self.tool_calls.push(call),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Finish(reason) => self.finish_reason = Some(reason),
        }
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// `protocol` if there was no finish event.
    pub fn build(self) -> Result<Generation, Error> {
        let finish_reason = self
            .finish_reason
            .ok_or_else(|| Error::protocol("the response ended before the answer was complete"))?;
        let non_empty = |text: String| (!text.is_empty()).then_some(text);
        Ok(Generation {
            text: self.text,
            reasoning: non_empty(self.reasoning),
            refusal: non_empty(self.refusal),
            tool_calls: self.tool_calls,
            finish_reason,
            usage: self.usage,
        })
    }
}

/// Appends without a copy if the text is empty.
fn append(text: &mut String, more: String) {
    if text.is_empty() {
        *text = more;
    } else {
        text.push_str(&more);
    }
}
