//! An answer on its way, as the audience hears it: thought and text on lines
//! of their own, each with its name in front.

use super::report::label;
use crate::failure::Failure;
use crate::output::{self, Medium};
use provider_host::contract::text_generation::Event;

/// What was heard last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Nothing,
    Thought,
    Text,
}

/// An answer so far.
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

    /// What there is to hear of an event.
    pub(super) fn show(&mut self, event: &Event) -> Result<(), Failure> {
        match event {
            Event::Reasoning(thought) => {
                self.turn_to(Part::Thought)?;
                let thought = self.medium.safe(thought);
                Ok(output::write(&self.medium.style().dim(&thought))?)
            }
            Event::Text(text) | Event::Refusal(text) => {
                self.turn_to(Part::Text)?;
                Ok(output::write(&self.medium.safe(text))?)
            }
            Event::ToolCall(_)
            | Event::CompletedToolCall(_)
            | Event::Usage(_)
            | Event::Finish(_) => Ok(()),
        }
    }

    /// That was all.
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
            Part::Thought => output::write(&self.medium.style().dim(&label("thinks"))),
            Part::Text => output::write(&label("model")),
        }?)
    }
}
