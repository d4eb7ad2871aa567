//! The `output` of frames of Alibaba Cloud's native protocol.

use super::super::chunk::{Content, Delta};
use super::super::content_parts::{Part, each_part};
use super::super::dashscope_native::Output;
use super::Answer;
use crate::error::Error;
use crate::text_generation::Event;

impl Answer {
    /// Reads the `output` of a native frame.
    pub(in super::super) fn take_output(
        &mut self,
        output: Output<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        self.begin();
        let choices = output.choices.first.into_iter();
        for choice in choices.chain(output.choices.others) {
            if let Some(message) = choice.message {
                self.take_native_message(message, json, events)?;
            }
            self.note_finish(&choice.finish_reason, events);
        }
        let text = self.native_text.added(output.text);
        self.take_text(text, events)?;
        self.citations.take_lists(&output.others, events);
        self.note_finish(&output.finish_reason, events);
        Ok(())
    }

    /// Reads a message whose texts may contain all text so far.
    fn take_native_message(
        &mut self,
        mut message: Delta<'_>,
        json: &[u8],
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let mut reasoning = message.take_reasoning();
        let text = match core::mem::take(&mut message.content) {
            Content::Text(text) => text,
            Content::Parts(parts) => {
                let (mut text, mut images) = (String::new(), Vec::new());
                each_part(parts, &mut |part| match part {
                    Part::Text(part) => text.push_str(&part),
                    Part::Reasoning(part) => reasoning.to_mut().push_str(&part),
                    Part::Image(json) => images.push(json),
                });
                for image in images {
                    self.take_image(image, events)?;
                }
                text.into()
            }
        };
        message.content = Content::Text(self.native_text.added(text));
        let reasoning = self.native_reasoning.added(reasoning);
        self.take_reasoning(reasoning, events)?;
        self.take_piece(&mut message, json, events)
    }
}
