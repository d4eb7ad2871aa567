//! The state of an answer: separates reasoning from text, collects tool calls,
//! and decides how the answer ends.

use std::borrow::Cow;

use super::chunk::{Choice, Content, Delta};
use super::citations::Citations;
use super::dashscope_native::CumulativeText;
use super::finish_reason::{self, Ending};
use super::media_output::AudioDecoder;
use super::other_members::OtherMembers;
use super::provider_data::ProviderData;
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about what was received"
)]
pub(super) struct Answer {
    pub(super) phase: Phase,
    wanted: ReaderOptions,
    /// Whether part of a delta was received.
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
    /// Whether a delta had its reasoning in a member for it, not in details.
    has_named_reasoning: bool,
    /// Whether text was received that is no transcript of audio.
    has_written_text: bool,
    audio: AudioDecoder,
    citations: Citations,
    provider_data: ProviderData,
    /// The finish reason that says that the generation failed.
    failure: Option<String>,
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
            has_named_reasoning: false,
            has_written_text: false,
            audio: AudioDecoder::default(),
            citations: Citations::default(),
            provider_data: ProviderData::default(),
            failure: None,
        }
    }

    /// Takes the finish reason that says that the generation failed, if one was
    /// received. The text before it was returned.
    pub(super) fn take_failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// Reads the sources beside the choices of a chunk.
    pub(super) fn take_sources(&mut self, members: &OtherMembers<'_>, events: &mut Vec<Event>) {
        self.citations.take_lists(members, events);
    }

    /// Stores the usage; the last report is used.
    pub(super) fn note_usage(&mut self, usage: Option<Usage>) {
        self.usage = usage.or(self.usage);
    }

    /// Reads a choice. `json` is its document.
    pub(super) fn take_choice(
        &mut self,
        choice: &mut Choice<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.begin();
        if let Some(usage) = choice.usage {
            self.note_usage(Usage::from_json(usage));
        }
        let before = self.received(events);
        if let Some(delta) = &mut choice.delta {
            self.take_piece(delta, json, events)?;
        }
        self.take_text(core::mem::take(&mut choice.text), events)?;
        self.came_in_deltas |= self.received(events) != before;
        // Some backends repeat the whole answer after its deltas; others send a
        // message instead of a delta.
        if let Some(message) = &mut choice.message
            && !self.came_in_deltas
        {
            if self.wanted.think_tags
                && !message.has_reasoning()
                && let Content::Text(text) = &message.content
            {
                self.think_tags.note_whole(text);
            }
            self.take_piece(message, json, events)?;
        }
        self.note_finish(&choice.finish_reason, events);
        Ok(())
    }

    /// A measure of what was received: it changes with every part of an answer.
    fn received(&self, events: &[Event]) -> (usize, usize, usize) {
        (
            events.len(),
            self.withheld.len(),
            self.provider_data.bytes(),
        )
    }

    fn take_piece(
        &mut self,
        piece: &mut Delta<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let reasoning = piece.take_reasoning();
        if piece.others.is_empty() {
            self.has_named_reasoning |= !reasoning.is_empty();
            self.take_reasoning(reasoning, events)?;
        } else {
            let reasoning = self.other_reasoning(reasoning, &piece.others);
            self.take_reasoning(reasoning, events)?;
        }
        if !piece.refusal.is_empty() {
            self.has_begun_for_caller = true;
            events.push(Event::Refusal(
                core::mem::take(&mut piece.refusal).into_owned(),
            ));
        }
        match core::mem::take(&mut piece.content) {
            Content::Text(text) => {
                self.has_written_text |= !text.is_empty();
                self.take_text(text, events)?;
            }
            Content::Parts(parts) => self.take_parts(parts, events)?,
        }
        if !piece.others.is_empty() {
            self.take_others(&piece.others, events)?;
        }
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
        if !self.withheld.is_empty() {
            self.withheld = String::new();
        }
        events.push(Event::Text(text));
    }

    fn begin(&mut self) {
        if self.phase == Phase::NotStarted {
            self.phase = Phase::Streaming;
        }
    }

    #[inline]
    fn note_finish(&mut self, word: &str, events: &mut Vec<Event>) {
        if !word.is_empty() {
            self.note_finish_word(word, events);
        }
    }

    fn note_finish_word(&mut self, word: &str, events: &mut Vec<Event>) {
        match finish_reason::read(word) {
            Ending::NotYet => {}
            Ending::Finished(reason) => {
                self.phase = Phase::Finished;
                self.finish_reason = Some(reason);
            }
            Ending::Failed => {
                self.release_held_text(events);
                self.failure = Some(word.to_owned());
            }
        }
    }

    /// Returns text that was held back as a possible start of a tag.
    fn release_held_text(&mut self, events: &mut Vec<Event>) -> ThinkTags {
        let mut tags = core::mem::take(&mut self.think_tags);
        tags.finish(&mut |run| self.take_run(run, events));
        tags
    }

    /// Completes the answer with the backend's reason.
    pub(super) fn finish_with(&mut self, reason: FinishReason) {
        self.phase = Phase::Finished;
        self.finish_reason.get_or_insert(reason);
    }

    /// Appends the final events of an answer.
    ///
    /// # Errors
    ///
    /// `protocol` if the answer ends within audio.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) -> Result<(), Error> {
        self.phase = Phase::Ended;
        let tags = self.release_held_text(events);
        if let Some(chunk) = self.audio.finish()? {
            events.push(Event::Audio(chunk));
        }
        let calls_tools = !self.tool_calls.is_empty();
        // For an unclosed block, or reasoning without text, the reasoning is
        // returned as the answer.
        let is_answer = tags.is_open() || !(self.has_begun_for_caller || calls_tools);
        if is_answer && !self.withheld.is_empty() {
            let text = core::mem::take(&mut self.withheld);
            self.hand_over_text(text, events);
        }
        self.tool_calls.finish(events);
        let provider_data = core::mem::take(&mut self.provider_data);
        events.extend(provider_data.into_json().map(Event::ProviderData));
        events.extend(self.usage.take().map(Event::Usage));
        // Tool calls decide, not the reason: backends send either one without
        // the other.
        let reason = match self.finish_reason.take() {
            Some(FinishReason::Stop) if calls_tools => Some(FinishReason::ToolCalls),
            Some(FinishReason::ToolCalls) if !calls_tools => Some(FinishReason::Stop),
            reason => reason,
        };
        events.extend(reason.map(Event::Finish));
        Ok(())
    }
}

mod native;
mod other_content;

#[cfg(test)]
mod tests;
