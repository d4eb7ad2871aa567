//! An input file: on disk, or standard input (`-`).

use anyhow::{Context as _, bail};
use higress_host::json;
use std::fmt;
use std::path::PathBuf;

/// Where to read a text.
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
    /// Reads the text and parses it as a JSON document.
    pub(crate) fn parse<T>(
        &self,
        stdin: &mut StandardInput,
        parse: impl FnOnce(&str) -> Result<T, json::Error>,
    ) -> anyhow::Result<T> {
        parse(&self.text(stdin)?).with_context(|| self.to_string())
    }

    fn text(&self, stdin: &mut StandardInput) -> anyhow::Result<String> {
        let read = match self {
            Self::File(path) => std::fs::read_to_string(path),
            Self::StandardInput => match std::mem::replace(stdin, StandardInput::Read) {
                StandardInput::Unread => std::io::read_to_string(std::io::stdin()),
                StandardInput::Read => {
                    bail!("only one input can be standard input (`-`); pass files for the others")
                }
            },
        };
        read.with_context(|| format!("cannot read {self}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Input, StandardInput};

    #[test]
    fn a_dash_is_standard_input() {
        assert_eq!(Input::from("-"), Input::StandardInput);
        assert_eq!(Input::from("a.json"), Input::File("a.json".into()));
    }

    #[test]
    fn standard_input_is_not_read_twice() {
        let mut stdin = StandardInput::Read;
        let read = Input::StandardInput.parse(&mut stdin, |_| Ok(()));
        let message = read.unwrap_err().to_string();
        assert!(message.contains("only one"), "{message}");
    }

    #[test]
    fn an_error_names_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("options.json");
        std::fs::write(&path, "{\"max_retries\": true}").unwrap();
        let parse = higress_host::json::options::parse_options;
        let read = Input::File(path.clone()).parse(&mut StandardInput::Unread, parse);
        let message = format!("{:#}", read.err().unwrap());
        let expected = format!("{}: max_retries: invalid type: boolean", path.display());
        assert!(message.starts_with(&expected), "{message}");
    }
}
