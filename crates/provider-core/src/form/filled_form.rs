//! The filled form: values looked up by variable.

use core::fmt::Display;
use core::ops::RangeInclusive;
use core::str::FromStr;

use super::advanced_options;
use super::variables::{self, Source, Variable};
use crate::error::Error;

/// A filled credential form.
///
/// The members of the JSON object in `advanced_options` are looked up like
/// variables of the form.
pub struct Form<'a> {
    values: &'a [(String, String)],
    advanced: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    /// Parses a form. If a variable occurs twice, the last value is used.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if `advanced_options` is not an object of known
    /// options.
    pub fn parse(values: &'a [(String, String)]) -> Result<Self, Error> {
        let advanced = match find(values, variables::ADVANCED_OPTIONS.name()) {
            Some(json) => advanced_options::parse(json)?,
            None => Vec::new(),
        };
        Ok(Self { values, advanced })
    }

    /// Parses a form, ignoring invalid `advanced_options`.
    #[must_use]
    pub fn lenient(values: &'a [(String, String)]) -> Self {
        let advanced =
            find(values, variables::ADVANCED_OPTIONS.name()).map(advanced_options::parse);
        Self {
            values,
            advanced: advanced.and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// The trimmed value of a variable; `None` if it is missing or only
    /// whitespace.
    #[must_use]
    pub fn get(&self, variable: Variable) -> Option<&str> {
        let values = match variable.source() {
            Source::Form => self.values,
            Source::AdvancedOptions => &self.advanced,
        };
        find(values, variable.name())
    }

    /// The value of a required variable.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if it is missing or only whitespace.
    pub fn required(&self, variable: Variable) -> Result<&str, Error> {
        self.get(variable)
            .ok_or_else(|| Error::invalid_credentials(variable.name(), "is missing; fill it in"))
    }

    /// The value of an integer variable within a range.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for anything else.
    pub fn whole_number<N>(
        &self,
        variable: Variable,
        range: RangeInclusive<N>,
    ) -> Result<Option<N>, Error>
    where
        N: Copy + Display + FromStr + PartialOrd,
    {
        let Some(text) = self.get(variable) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(Error::invalid_credentials(
                variable.name(),
                &format!(
                    "must be an integer from {} to {}",
                    range.start(),
                    range.end()
                ),
            )),
        }
    }

    /// The value of a choice among `options`, pairs of an option of the form
    /// and its meaning. The first one is the default.
    ///
    /// # Errors
    ///
    /// `invalid-credentials`, with the list of options, for any other value.
    pub fn choice<T: Copy>(&self, variable: Variable, options: &[(&str, T)]) -> Result<T, Error> {
        debug_assert!(
            options.len() == variable.options().len()
                && options
                    .iter()
                    .all(|(word, _)| variable.options().contains(word)),
            "the options of `{}` differ from form/variables.rs",
            variable.name()
        );
        let chosen = match self.get(variable) {
            None => options.first(),
            Some(value) => options.iter().find(|(word, _)| *word == value),
        };
        chosen.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<&str> = options.iter().map(|(word, _)| *word).collect();
            Error::invalid_credentials(
                variable.name(),
                &format!("has an unknown value; use one of: {}", words.join(", ")),
            )
        })
    }
}

fn find<'v>(values: &'v [(String, String)], variable: &str) -> Option<&'v str> {
    values
        .iter()
        .rev()
        .find(|(candidate, _)| candidate == variable)
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}
