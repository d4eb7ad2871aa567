//! Reading a [`Value`] as a string, a number or an array.

use std::borrow::Cow;

use super::lenient;
use super::number::Number;
use super::parse_error::ParseError;
use super::pull_parser::PullParser;
use super::value::Value;

impl<'a> Value<'a> {
    /// Reads a document; `None` if it is not JSON.
    #[must_use]
    pub fn read(json: &'a [u8]) -> Option<Self> {
        let mut json = PullParser::new(json).ok()?;
        let value = json.value().ok()?;
        json.is_at_end().then_some(value)
    }

    /// The items of an array; `None` for anything else.
    #[must_use]
    pub fn items(self) -> Option<Vec<Self>> {
        scan_items(&mut self.parser()).ok()
    }

    /// A string, read leniently; empty for other values.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        lenient::text(&mut self.parser()).unwrap_or_default()
    }

    /// A count, read leniently.
    #[must_use]
    pub fn count(self) -> Option<u64> {
        lenient::count(&mut self.parser()).ok()?
    }

    /// A number.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        self.parser().number().ok().map(Number::to_f64)
    }

    /// A parser for the value.
    #[must_use]
    pub fn parser(self) -> PullParser<'a> {
        PullParser::of_text(self.get())
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
