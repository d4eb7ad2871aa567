//! What to draw; `request` of `wit/image-generation.wit`, where units and
//! ranges are documented.

use super::reference::ReferenceImage;
use super::size::Size;
use crate::error::Error;
use wire::json::JsonWriter;
use wire::json::Object;

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Not blank.
    pub prompt: String,
    /// What to keep out.
    pub negative_prompt: Option<String>,
    /// Images to start from.
    pub reference_images: Vec<ReferenceImage>,
    /// How large.
    pub size: Option<Size>,
    /// How many, 1 … 10; absent means 1.
    pub count: Option<u32>,
    /// For repeatable drawing, 0 … 2,147,483,647.
    pub seed: Option<i64>,
    /// Let the provider rewrite the prompt.
    pub prompt_extend: Option<bool>,
    /// Put the provider's mark on the image.
    pub watermark: Option<bool>,
    /// A JSON object of further parameters.
    pub extra: Option<String>,
}

/// Most images of one request.
const MAX_COUNT: u32 = 10;

impl Request {
    /// A small thing to draw, to see whether a model does.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            prompt: "A grey circle on white".to_owned(),
            ..Self::default()
        }
    }

    /// Checks what can be known before anything is sent.
    pub(super) fn check(&self) -> Result<(), Error> {
        let problem = if self.prompt.trim().is_empty() {
            "`prompt` is empty; describe the image"
        } else if !(1..=MAX_COUNT).contains(&self.count()) {
            "`count` is out of range; it must be from 1 to 10"
        } else if self
            .seed
            .is_some_and(|seed| i32::try_from(seed).is_err() || seed < 0)
        {
            "`seed` is out of range; it must be from 0 to 2147483647"
        } else {
            return Ok(());
        };
        Err(Error::invalid_request(problem))
    }

    /// How many images.
    pub(super) fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }

    /// Writes the members of `extra` behind those that the component sets.
    /// `own` are the names that belong to it.
    pub(super) fn write_extra(&self, json: &mut JsonWriter, own: &[&str]) -> Result<(), Error> {
        let Some(extra) = &self.extra else {
            return Ok(());
        };
        let extra = Object::read(extra.as_bytes())
            .ok_or_else(|| Error::invalid_request("`extra` must be a JSON object"))?;
        for (name, value) in extra.members() {
            if own.contains(&name) {
                return Err(Error::invalid_request(format!(
                    "`extra` contains `{name}`, which the provider sets; use the request's own field or remove it"
                )));
            }
            json.member(name).raw(value);
        }
        Ok(())
    }
}
