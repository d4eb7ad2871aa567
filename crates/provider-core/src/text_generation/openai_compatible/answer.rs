//! The state of an answer: separates reasoning from text, collects tool calls,
//! and decides how the answer ends.

use std::borrow::Cow;

use super::chunk::{Choice, Delta, finish_reason};
use super::dashscope_native::{CumulativeText, Output};
use super::think_tags::{Segment, ThinkTags};
use super::tool_calls::ToolCalls;
use crate::error::Error;
use crate::text_generation::{Event, FinishReason};
use crate::usage::Usage;
use wire::sse::MAX_EVENT_BYTES;

/// Maximum number of bytes of unwanted reasoning that are kept.
const MAX_WITHHELD_BYTES: usize = MAX_EVENT_BYTES;

/// Options of a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderOptions {
    /// Whether reasoning is returned, as separate events.
    pub reasoning: bool,
    /// Whether `<think>` blocks are read as reasoning.
    pub think_tags: bool,
}

/// A streaming answer.
pub(super) struct Answer {
    pub(super) phase: Phase,
    wanted: ReaderOptions,
    /// Whether a delta was received.
    came_in_deltas: bool,
    finish_reason: Option<FinishReason>,
    usage: Option<Usage>,
    think_tags: ThinkTags,
    tool_calls: ToolCalls,
    /// Whether part of the answer was returned.
    has_begun_for_caller: bool,
    /// Unwanted reasoning since the last text of the answer. It is kept,
    /// because it is the answer if no text follows.
    withheld: String,
    native_text: CumulativeText,
    native_reasoning: CumulativeText,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// No part of an answer was received.
    #[default]
    NotStarted,
    /// Choices were received, but no end.
    Streaming,
    /// A finish reason was received; usage may follow.
    Finished,
    /// The last event was returned.
    Ended,
}

impl Answer {
    pub(super) fn new(wanted: ReaderOptions) -> Self {
        Self {
            phase: Phase::default(),
            wanted,
            came_in_deltas: false,
            finish_reason: None,
            usage: None,
            think_tags: ThinkTags::default(),
            tool_calls: ToolCalls::default(),
            has_begun_for_caller: false,
            withheld: String::new(),
            native_text: CumulativeText::default(),
            native_reasoning: CumulativeText::default(),
        }
    }

    /// Stores the usage; the last report is used.
    pub(super) fn note_usage(&mut self, usage: Option<Usage>) {
        self.usage = usage.or(self.usage);
    }

    /// Reads a choice. `json` is its document.
    pub(super) fn take_choice(
        &mut self,
        choice: Choice<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.begin();
        self.note_usage(choice.usage.and_then(Usage::from_value));
        let before = (events.len(), self.withheld.len());
        if let Some(delta) = choice.delta {
            self.take_piece(delta, json, events)?;
        }
        self.take_text(choice.text, events)?;
        self.came_in_deltas |= (events.len(), self.withheld.len()) != before;
        // Some backends repeat the whole answer after its deltas; others send a
        // message instead of a delta.
        if let Some(message) = choice.message
            && !self.came_in_deltas
        {
            self.take_piece(message, json, events)?;
        }
        self.note_finish(&choice.finish_reason);
        Ok(())
    }

    /// Reads the `output` of a native frame.
    pub(super) fn take_output(
        &mut self,
        output: Output<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.begin();
        for choice in output
            .choices
            .first
            .into_iter()
            .chain(output.choices.others)
        {
            if let Some(mut message) = choice.message {
                message.content = self.native_text.added(message.content);
                let reasoning = self.native_reasoning.added(message.take_reasoning());
                self.take_reasoning(reasoning, events)?;
                self.take_piece(message, json, events)?;
            }
            self.note_finish(&choice.finish_reason);
        }
        let text = self.native_text.added(output.text);
        self.take_text(text, events)?;
        self.note_finish(&output.finish_reason);
        Ok(())
    }

    fn take_piece(
        &mut self,
        mut piece: Delta<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.take_reasoning(piece.take_reasoning(), events)?;
        if !piece.refusal.is_empty() {
            self.has_begun_for_caller = true;
            events.push(Event::Refusal(piece.refusal.into_owned()));
        }
        self.take_text(piece.content, events)?;
        if let Some(calls) = piece.tool_calls {
            self.tool_calls.take(calls, json, events)?;
        } else if let Some(call) = piece.function_call {
            self.tool_calls.take_legacy(call, json, events)?;
        }
        Ok(())
    }

    fn take_text(&mut self, text: Cow<'_, str>, events: &mut Vec<Event>) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        if !self.wanted.think_tags || self.think_tags.take_plain(&text) {
            self.hand_over_text(text.into_owned(), events);
            return Ok(());
        }
        let mut tags = core::mem::take(&mut self.think_tags);
        tags.push(&text, &mut |run| self.take_run(run, events));
        self.think_tags = tags;
        self.check_withheld()
    }

    fn take_run(&mut self, run: Segment<'_>, events: &mut Vec<Event>) {
        match run {
            Segment::Answer(text) => self.hand_over_text(text.to_owned(), events),
            Segment::Reasoning(text) if self.wanted.reasoning => {
                events.push(Event::Reasoning(text.to_owned()));
            }
            Segment::Reasoning(text) => self.withheld.push_str(text),
        }
    }

    fn take_reasoning(
        &mut self,
        reasoning: Cow<'_, str>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        if reasoning.is_empty() {
            return Ok(());
        }
        if self.wanted.reasoning {
            events.push(Event::Reasoning(reasoning.into_owned()));
            return Ok(());
        }
        self.withheld.push_str(&reasoning);
        self.check_withheld()
    }

    fn check_withheld(&self) -> Result<(), Error> {
        if self.withheld.len() > MAX_WITHHELD_BYTES {
            return Err(Error::protocol(format!(
                "the model returned more than {MAX_WITHHELD_BYTES} bytes of reasoning although `reasoning` is false"
            )));
        }
        Ok(())
    }

    fn hand_over_text(&mut self, text: String, events: &mut Vec<Event>) {
        self.has_begun_for_caller = true;
        self.withheld = String::new();
        events.push(Event::Text(text));
    }

    fn begin(&mut self) {
        if self.phase == Phase::NotStarted {
            self.phase = Phase::Streaming;
        }
    }

    fn note_finish(&mut self, word: &str) {
        if let Some(reason) = finish_reason(word) {
            self.phase = Phase::Finished;
            self.finish_reason = Some(reason);
        }
    }

    /// Completes the answer with the backend's reason.
    pub(super) fn finish_with(&mut self, reason: FinishReason) {
        self.phase = Phase::Finished;
        self.finish_reason.get_or_insert(reason);
    }

    /// Appends the final events of an answer.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        self.phase = Phase::Ended;
        let mut tags = core::mem::take(&mut self.think_tags);
        tags.finish(&mut |run| self.take_run(run, events));
        let calls_tools = !self.tool_calls.is_empty();
        // For an unclosed block, or reasoning without text, the reasoning is
        // returned as the answer.
        let is_answer = tags.is_open() || !(self.has_begun_for_caller || calls_tools);
        if is_answer && !self.withheld.is_empty() {
            let text = core::mem::take(&mut self.withheld);
            self.hand_over_text(text, events);
        }
        self.tool_calls.finish(events);
        events.extend(self.usage.take().map(Event::Usage));
        // Tool calls decide, not the reason: backends send either one without
        // the other.
        let reason = match self.finish_reason.take() {
            Some(FinishReason::Stop) if calls_tools => Some(FinishReason::ToolCalls),
            Some(FinishReason::ToolCalls) if !calls_tools => Some(FinishReason::Stop),
            reason => reason,
        };
        events.extend(reason.map(Event::Finish));
    }
}

#[cfg(test)]
mod tests;
