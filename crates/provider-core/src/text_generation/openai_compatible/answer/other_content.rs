//! What a delta has beside text and tool calls: reasoning in other forms, parts
//! of a content, media, sources, provider data.

use std::borrow::Cow;

use super::super::content_parts::{Part, each_part};
use super::super::media_output::{self, Audio};
use super::super::other_members::OtherMembers;
use super::super::{provider_data, reasoning_details};
use super::Answer;
use crate::error::Error;
use crate::text_generation::Event;
use wire::lenient::{self, Text};

impl Answer {
    /// The reasoning of a delta that may have it in another form. Backends that
    /// send details beside a text repeat the text in them.
    pub(super) fn other_reasoning<'a>(
        &mut self,
        named: Cow<'a, str>,
        others: &OtherMembers<'a>,
    ) -> Cow<'a, str> {
        let named = match others.get("thinking") {
            Some(json) if named.is_empty() => {
                let Text(text) = serde_json::from_str(json).unwrap_or_default();
                text
            }
            _ => named,
        };
        self.has_named_reasoning |= !named.is_empty();
        match others.get("reasoning_details") {
            Some(details) if !self.has_named_reasoning => reasoning_details::text(details),
            _ => named,
        }
    }

    /// Reads a content that is a list of parts.
    pub(super) fn take_parts(&mut self, parts: &str, events: &mut Vec<Event>) -> Result<(), Error> {
        let mut outcome = Ok(());
        each_part(parts, &mut |part| {
            if outcome.is_ok() {
                outcome = match part {
                    Part::Text(text) => {
                        self.has_written_text = true;
                        self.take_text(text, events)
                    }
                    Part::Reasoning(text) => self.take_reasoning(text, events),
                    Part::Image(json) => self.take_image(json, events),
                };
            }
        });
        outcome
    }

    /// Reads media, sources and provider data.
    pub(super) fn take_others(
        &mut self,
        others: &OtherMembers<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        for (name, json) in others.iter() {
            match name {
                "images" => self.take_images(json, events)?,
                "audio" => self.take_audio(json, events)?,
                "annotations" => self.citations.take_annotations(json, events),
                _ if provider_data::is_opaque(name) => self.provider_data.add(name, json)?,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn take_images(&mut self, json: &str, events: &mut Vec<Event>) -> Result<(), Error> {
        let mut outcome = Ok(());
        lenient::each_item(json, &mut |item| {
            if outcome.is_ok() {
                outcome = self.take_image(item, events);
            }
        });
        outcome
    }

    pub(super) fn take_image(&mut self, json: &str, events: &mut Vec<Event>) -> Result<(), Error> {
        if let Some(image) = media_output::image(json)? {
            self.has_begun_for_caller = true;
            events.push(Event::Image(image));
        }
        Ok(())
    }

    pub(super) fn take_audio(&mut self, json: &str, events: &mut Vec<Event>) -> Result<(), Error> {
        let audio: Audio<'_> = lenient::object(json).unwrap_or_default();
        if let Some(id) = audio.id {
            let id = format!("{{\"id\":{}}}", id.get());
            self.provider_data.add("audio", &id)?;
        }
        // The transcript is the answer if there is no other text.
        if !self.has_written_text {
            self.take_text(audio.transcript.0, events)?;
        }
        if let Some(chunk) = self.audio.push(&audio.data.0)? {
            self.has_begun_for_caller = true;
            events.push(Event::Audio(chunk));
        }
        Ok(())
    }
}
