//! A JSON value that is kept as it stands, to be read when it matters.

use std::borrow::Cow;

use super::lenient;
use super::number::Number;
use super::parse_error::ParseError;
use super::pull_parser::PullParser;

/// A value as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// A document, none if it is not JSON.
    #[must_use]
    pub fn read(json: &'a [u8]) -> Option<Self> {
        let mut json = PullParser::new(json).ok()?;
        let value = json.value().ok()?;
        json.is_at_end().then_some(value)
    }

    /// What has been read as a value.
    pub(super) fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// As it was written, without blanks around it.
    #[must_use]
    pub fn get(self) -> &'a str {
        self.0
    }

    /// The value, none if it is null.
    #[must_use]
    pub fn unless_null(self) -> Option<Self> {
        (self.0 != "null").then_some(self)
    }

    /// The items of an array; none for anything else.
    #[must_use]
    pub fn items(self) -> Option<Vec<Self>> {
        scan_items(&mut self.parser()).ok()
    }

    /// A text, or what stands for one; empty for anything else.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        lenient::text(&mut self.parser()).unwrap_or_default()
    }

    /// A count, in any dress.
    #[must_use]
    pub fn count(self) -> Option<u64> {
        lenient::count(&mut self.parser()).ok()?
    }

    /// A number.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        self.parser().number().ok().map(Number::to_f64)
    }

    /// A reader of what is in the value.
    #[must_use]
    pub fn parser(self) -> PullParser<'a> {
        PullParser::of_text(self.0)
    }
}

fn scan_items<'a>(json: &mut PullParser<'a>) -> Result<Vec<Value<'a>>, ParseError> {
    let mut items = Vec::new();
    json.open_array()?;
    while json.item()? {
        items.push(json.value()?);
    }
    Ok(items)
}
