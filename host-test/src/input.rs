//! Where a file of input is: on disk, or on standard input (`-`).

use crate::failure::Failure;
use higress_host::json::{self, Problem};
use serde_json::Value;
use std::fmt;
use std::path::PathBuf;

/// Where to read a file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    StandardInput,
    File(PathBuf),
}

/// Standard input, which can be read once.
#[derive(Debug)]
pub(crate) enum StandardInput {
    Unread,
    Read,
}

impl From<&str> for Input {
    fn from(name: &str) -> Self {
        match name {
            "-" => Self::StandardInput,
            path => Self::File(path.into()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => formatter.write_str("standard input"),
            Self::File(path) => path.display().fmt(formatter),
        }
    }
}

impl Input {
    /// The JSON that is there, as `read` understands it.
    pub(crate) fn read_json<T>(
        &self,
        input: &mut StandardInput,
        read: impl FnOnce(&Value) -> Result<T, Problem>,
    ) -> Result<T, Failure> {
        let text = self.text(input)?;
        json::parse(&text)
            .and_then(|value| read(&value))
            .map_err(|problem| Failure::setup(format!("{self}: {problem}")))
    }

    fn text(&self, input: &mut StandardInput) -> Result<String, Failure> {
        let read = match self {
            Self::File(path) => std::fs::read_to_string(path),
            Self::StandardInput => match std::mem::replace(input, StandardInput::Read) {
                StandardInput::Unread => std::io::read_to_string(std::io::stdin()),
                StandardInput::Read => {
                    return Err(Failure::setup(
                        "only one of the files can be standard input (`-`); name the others",
                    ));
                }
            },
        };
        read.map_err(|error| {
            Failure::setup(format!(
                "cannot read {self}: {error}; name a readable file of JSON, or `-`"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Input, StandardInput};
    use crate::failure::Failure;

    #[test]
    fn a_dash_is_standard_input() {
        assert_eq!(Input::from("-"), Input::StandardInput);
        assert_eq!(Input::from("a.json"), Input::File("a.json".into()));
    }

    #[test]
    fn standard_input_is_not_read_twice() {
        let mut input = StandardInput::Read;
        match Input::StandardInput.read_json(&mut input, |_| Ok(())) {
            Err(Failure::Setup(message)) => assert!(message.contains("only one"), "{message}"),
            other => panic!("{other:?}"),
        }
    }
}
