//! An image request; `request` of `wit/image-generation.wit`, which documents
//! units and ranges.

use wire::members::Members;

use super::reference::ReferenceImage;
use super::size::Size;
use crate::error::Error;

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
        let (field, problem) = if self.prompt.trim().is_empty() {
            ("prompt", "`prompt` is empty; describe the image")
        } else if !(1..=MAX_COUNT).contains(&self.count()) {
            ("count", "`count` is out of range; it must be from 1 to 10")
        } else if self
            .seed
            .is_some_and(|seed| i32::try_from(seed).is_err() || seed < 0)
        {
            (
                "seed",
                "`seed` is out of range; it must be from 0 to 2147483647",
            )
        } else {
            return Ok(());
        };
        Err(Error::invalid_request(problem).with_field(field))
    }

    /// The number of images.
    pub(super) fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }

    /// The members of `extra`. `own` are the names of the members that the
    /// provider sets.
    pub(super) fn extra_members(&self, own: &[&str]) -> Result<Members<'_>, Error> {
        let Some(extra) = &self.extra else {
            return Ok(Members::default());
        };
        let wrong = |problem: String| Error::invalid_request(problem).with_field("extra");
        let extra = Members::read(extra)
            .ok_or_else(|| wrong("`extra` must be a JSON object".to_owned()))?;
        if let Some((name, _)) = extra.iter().find(|(name, _)| own.contains(name)) {
            return Err(wrong(format!(
                "`extra` contains `{name}`, which the provider sets; use the request's own field or remove it"
            )));
        }
        Ok(extra)
    }
}
