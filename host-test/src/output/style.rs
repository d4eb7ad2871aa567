//! Colours and weights of text, where they are wanted.

use std::io::{self, IsTerminal};

/// Whether to use escape sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Coloured,
}

impl Style {
    /// For a terminal: coloured, unless `NO_COLOR` is set.
    pub(crate) fn from_environment() -> Self {
        match std::env::var_os("NO_COLOR") {
            Some(value) if !value.is_empty() => Self::Plain,
            Some(_) | None => Self::Coloured,
        }
    }

    pub(crate) fn of_standard_error() -> Self {
        if io::stderr().is_terminal() {
            Self::from_environment()
        } else {
            Self::Plain
        }
    }

    /// What to write before dim text.
    pub(crate) fn begin_dim(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Coloured => "\x1b[2m",
        }
    }

    /// What to write after any marked text.
    pub(crate) fn end(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Coloured => "\x1b[0m",
        }
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.marked("\x1b[2m", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.marked("\x1b[1m", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.marked("\x1b[32m", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.marked("\x1b[31m", text)
    }

    fn marked(self, begin: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("{begin}{text}\x1b[0m"),
        }
    }
}
