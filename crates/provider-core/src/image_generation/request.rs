//! An image request; `request` of `wit/image-generation.wit`, which documents
//! units and ranges.

use super::reference::ReferenceImage;
use super::size::Size;
use crate::error::Error;
use wire::json::JsonWriter;
use wire::json::Object;

/// An image request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Not only whitespace.
    pub prompt: String,
    /// What the images must not contain.
    pub negative_prompt: Option<String>,
    /// Reference images.
    pub reference_images: Vec<ReferenceImage>,
    /// The size of the images.
    pub size: Option<Size>,
    /// Number of images, 1 … 10; absent means 1.
    pub count: Option<u32>,
    /// Seed for repeatable results, 0 … 2,147,483,647.
    pub seed: Option<i64>,
    /// Allow the provider to rewrite the prompt.
    pub prompt_extend: Option<bool>,
    /// Add the provider's watermark.
    pub watermark: Option<bool>,
    /// A JSON object of further parameters.
    pub extra: Option<String>,
}

/// Maximum number of images in a request.
const MAX_COUNT: u32 = 10;

impl Request {
    /// The smallest request, to check that a model generates images.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            prompt: "A grey circle on white".to_owned(),
            ..Self::default()
        }
    }

    /// Checks the request before anything is sent.
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

    /// The number of images.
    pub(super) fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }

    /// Writes the members of `extra` after those that the provider sets. `own`
    /// are the names of the latter.
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
