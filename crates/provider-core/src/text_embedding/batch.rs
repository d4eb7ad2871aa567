//! The contents of one HTTP request, which each protocol writes in its own way.

use super::format::Format;
use super::request::InputType;

/// The contents of one request.
pub(super) struct Batch<'a> {
    pub(super) model: &'a str,
    pub(super) texts: &'a [String],
    pub(super) input_type: Option<InputType>,
    pub(super) dimensions: Option<u32>,
    pub(super) format: Format,
    pub(super) user: Option<&'a str>,
}
