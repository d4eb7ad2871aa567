//! How far an answer has come, and what becomes of its pieces: thought and
//! answer told apart, tools called, the reason for the end.

use std::borrow::Cow;

use super::chunk::{Choice, Delta, finish_reason};
use super::dashscope_native::{CumulativeText, Output};
use super::think_tags::{Segment, ThinkTags};
use super::tool_calls::ToolCalls;
use crate::error::Error;
use crate::text_generation::{Event, FinishReason};
use crate::usage::Usage;
use wire::sse::MAX_EVENT_BYTES;

/// Most bytes of thought that are kept while it is not wanted.
const MAX_WITHHELD_BYTES: usize = MAX_EVENT_BYTES;

/// What the caller wants of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderOptions {
    /// The model's thoughts, as events of their own.
    pub reasoning: bool,
    /// To have `<think>` blocks read as thought.
    pub think_tags: bool,
}

/// A streaming answer.
pub(super) struct Answer {
    pub(super) phase: Phase,
    wanted: ReaderOptions,
    /// Some of it came as a delta.
    came_in_deltas: bool,
    finish_reason: Option<FinishReason>,
    usage: Option<Usage>,
    think_tags: ThinkTags,
    tool_calls: ToolCalls,
    /// The caller has been given some of the answer.
    has_begun_for_caller: bool,
    /// Thought that is not wanted. It is kept since the last of the answer:
    /// it may turn out that it is the answer.
    withheld: String,
    native_text: CumulativeText,
    native_reasoning: CumulativeText,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing that belongs to an answer has come.
    #[default]
    NotStarted,
    /// There were choices, and no sign of the end.
    Streaming,
    /// A finish reason has come; usage may follow.
    Finished,
    /// The last event is out.
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

    /// Takes note of usage; what is reported last counts.
    pub(super) fn note_usage(&mut self, usage: Option<Usage>) {
        self.usage = usage.or(self.usage);
    }

    /// Takes a choice. `json` is the document in which it came.
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
        // Some backends repeat the whole answer at the end of its deltas;
        // others send a message where a delta should be.
        if let Some(message) = choice.message
            && !self.came_in_deltas
        {
            self.take_piece(message, json, events)?;
        }
        self.note_finish(&choice.finish_reason);
        Ok(())
    }

    /// Takes the `output` of a native frame.
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
                "the model returned more than {MAX_WITHHELD_BYTES} bytes of reasoning although `thinking` is false"
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

    /// The answer is complete; the backend's own reason stands.
    pub(super) fn finish_with(&mut self, reason: FinishReason) {
        self.phase = Phase::Finished;
        self.finish_reason.get_or_insert(reason);
    }

    /// Appends what ends every answer.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        self.phase = Phase::Ended;
        let mut tags = core::mem::take(&mut self.think_tags);
        tags.finish(&mut |run| self.take_run(run, events));
        let calls_tools = !self.tool_calls.is_empty();
        // A block that was never closed, or thought and nothing else: better
        // an answer with thought in it than none.
        let is_answer = tags.is_open() || !(self.has_begun_for_caller || calls_tools);
        if is_answer && !self.withheld.is_empty() {
            let text = core::mem::take(&mut self.withheld);
            self.hand_over_text(text, events);
        }
        self.tool_calls.finish(events);
        events.extend(self.usage.take().map(Event::Usage));
        // Whether tools are called is seen by the calls: backends give the
        // reason without them, and them without the reason.
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
