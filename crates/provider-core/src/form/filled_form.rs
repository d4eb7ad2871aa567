//! The filled form as it comes: pairs of variable and value, to be looked up.

use core::fmt::Display;
use core::ops::RangeInclusive;
use core::str::FromStr;

use super::advanced_options;
use crate::error::Error;

/// A filled credential form.
///
/// `advanced_options` is a JSON object of options that few tenants need; its
/// members are looked up like variables of the form.
pub struct Form<'a> {
    values: &'a [(String, String)],
    advanced: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    /// The form with these values; of two for one variable the last counts.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if `advanced_options` is not an object of known
    /// options.
    pub fn parse(values: &'a [(String, String)]) -> Result<Self, Error> {
        let advanced = match find(values, advanced_options::VARIABLE) {
            Some(json) => advanced_options::parse(json)?,
            None => Vec::new(),
        };
        Ok(Self { values, advanced })
    }

    /// The form with these values; `advanced_options` that make no sense are
    /// left out.
    #[must_use]
    pub fn lenient(values: &'a [(String, String)]) -> Self {
        let advanced = find(values, advanced_options::VARIABLE).map(advanced_options::parse);
        Self {
            values,
            advanced: advanced.and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// A variable's value, trimmed; none if it is missing or blank.
    #[must_use]
    pub fn get(&self, variable: &str) -> Option<&str> {
        let values = if advanced_options::OPTIONS.contains(&variable) {
            &self.advanced
        } else {
            self.values
        };
        find(values, variable)
    }

    /// The value of a variable that must be there.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if it is missing or blank.
    pub fn required(&self, variable: &str) -> Result<&str, Error> {
        self.get(variable)
            .ok_or_else(|| Error::invalid_credentials(variable, "is missing; fill it in"))
    }

    /// The value of a variable that is a whole number within a range.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for anything else.
    pub fn whole_number<N>(
        &self,
        variable: &str,
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
                variable,
                &format!(
                    "is not a whole number between {} and {}",
                    range.start(),
                    range.end()
                ),
            )),
        }
    }

    /// The value of a variable that chooses one of `options`, each a word of
    /// the form and what it stands for. The first option is the default.
    ///
    /// # Errors
    ///
    /// `invalid-credentials`, with the list of options, for any other value.
    pub fn choice<T: Copy>(&self, variable: &str, options: &[(&str, T)]) -> Result<T, Error> {
        let word_at = |place: usize| options.get(place).map(|(word, _)| *word);
        let place = self.chosen(variable, &word_at)?;
        options
            .get(place)
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| unknown_word(variable, &word_at))
    }

    /// The place of the chosen word among the options; one piece of code for
    /// whatever the words mean.
    fn chosen<'o>(
        &self,
        variable: &str,
        word_at: &dyn Fn(usize) -> Option<&'o str>,
    ) -> Result<usize, Error> {
        let Some(value) = self.get(variable) else {
            return Ok(0);
        };
        (0..)
            .map_while(|place| word_at(place).map(|word| (place, word)))
            .find(|(_, word)| *word == value)
            .map(|(place, _)| place)
            .ok_or_else(|| unknown_word(variable, word_at))
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

fn unknown_word<'o>(variable: &str, word_at: &dyn Fn(usize) -> Option<&'o str>) -> Error {
    let words: Vec<&str> = (0..).map_while(word_at).collect();
    let words = words.join(", ");
    Error::invalid_credentials(
        variable,
        &format!("has an unknown value; choose one of: {words}"),
    )
}
