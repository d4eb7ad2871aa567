//! Builds a complete answer from its events.

use super::event::{
    Citation, Event, FinishReason, GeneratedAudio, GeneratedImage, GeneratedToolCall,
};
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
    pub tool_calls: Vec<GeneratedToolCall>,
    /// The sources of the answer.
    pub citations: Vec<Citation>,
    /// The images of the answer.
    pub images: Vec<GeneratedImage>,
    /// The audio of the answer.
    pub audio: Option<GeneratedAudio>,
    /// The provider data of the turn.
    pub provider_data: Option<String>,
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
    tool_calls: Vec<GeneratedToolCall>,
    citations: Vec<Citation>,
    images: Vec<GeneratedImage>,
    audio: Option<GeneratedAudio>,
    provider_data: Option<String>,
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
            Event::Citation(citation) => self.citations.push(citation),
            Event::Image(image) => self.images.push(image),
            Event::Audio(chunk) => self.add_audio(chunk),
            Event::ProviderData(data) => self.provider_data = Some(data),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Finish(reason) => self.finish_reason = Some(reason),
        }
    }

    fn add_audio(&mut self, chunk: GeneratedAudio) {
        match &mut self.audio {
            Some(audio) => {
                audio.bytes.extend_from_slice(&chunk.bytes);
                audio.mime_type = audio.mime_type.take().or(chunk.mime_type);
            }
            None => self.audio = Some(chunk),
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
            citations: self.citations,
            images: self.images,
            audio: self.audio,
            provider_data: self.provider_data,
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
