//! Renders a streamed answer: reasoning and text on labelled lines.

use crate::failure::Failure;
use crate::output::style::DIM;
use crate::output::{self, Medium};
use provider_host::contract::text_generation::Event;

/// What was written last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Reasoning,
    Text,
}

/// The state of the rendering.
pub(super) struct StreamView {
    medium: Medium,
    part: Part,
}

impl StreamView {
    pub(super) fn new(medium: Medium) -> Self {
        Self {
            medium,
            part: Part::Nothing,
        }
    }

    /// Writes the text of an event.
    pub(super) fn show(&mut self, event: &Event) -> Result<(), Failure> {
        match event {
            Event::Reasoning(reasoning) => {
                self.turn_to(Part::Reasoning)?;
                let reasoning = self.medium.safe(reasoning);
                Ok(output::write(
                    &self.medium.styling().paint(DIM, &reasoning),
                )?)
            }
            Event::Text(text) | Event::Refusal(text) => {
                self.turn_to(Part::Text)?;
                Ok(output::write(&self.medium.safe(text))?)
            }
            Event::ToolCall(_)
            | Event::CompletedToolCall(_)
            | Event::Citation(_)
            | Event::Image(_)
            | Event::Audio(_)
            | Event::ProviderData(_)
            | Event::Other(_)
            | Event::Usage(_)
            | Event::Finish(_) => Ok(()),
        }
    }

    /// Ends the last line.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.turn_to(Part::Nothing)
    }

    fn turn_to(&mut self, part: Part) -> Result<(), Failure> {
        if self.part == part {
            return Ok(());
        }
        if self.part != Part::Nothing {
            output::write("\n")?;
        }
        self.part = part;
        Ok(match part {
            Part::Nothing => Ok(()),
            Part::Reasoning => output::write(&self.medium.styling().paint(DIM, &label("thinks"))),
            Part::Text => output::write(&label("model")),
        }?)
    }
}

/// The start of a line: the speaker.
pub(super) fn label(speaker: &str) -> String {
    format!("  {speaker:<6} ")
}
