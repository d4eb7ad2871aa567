//! Output: styled for a terminal, plain for a pipe, or as JSON.

pub(crate) mod answer;
pub(crate) mod excerpt;
pub(crate) mod sanitize;
pub(crate) mod spinner;
pub(crate) mod style;
pub(crate) mod summary;

use sanitize::control_characters;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use style::{DIM, Styling};
use terminal_size::terminal_size;
use unicode_width::UnicodeWidthStr;

/// Width of a terminal that does not report one.
const DEFAULT_COLUMNS: usize = 80;

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    JsonLines,
}

/// The kind of file behind standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// A terminal, which interprets control characters.
    Terminal(Styling),
    /// A file or another program.
    Pipe,
}

impl Medium {
    /// Standard output as it is.
    pub(crate) fn of_standard_output() -> Self {
        if io::stdout().is_terminal() {
            Self::Terminal(Styling::of(&io::stdout()))
        } else {
            Self::Pipe
        }
    }

    pub(crate) fn styling(self) -> Styling {
        match self {
            Self::Terminal(styling) => styling,
            Self::Pipe => Styling::Plain,
        }
    }

    /// Columns left after `line`. A pipe has no limit.
    pub(crate) fn columns_after(self, line: &str) -> usize {
        match self {
            Self::Terminal(_) => terminal_size()
                .map_or(DEFAULT_COLUMNS, |(columns, _)| usize::from(columns.0))
                .saturating_sub(line.width()),
            Self::Pipe => usize::MAX,
        }
    }

    /// A server's text, sanitized for a terminal.
    pub(crate) fn safe(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Terminal(_) => control_characters(text),
            Self::Pipe => Cow::Borrowed(text),
        }
    }
}

/// Writes to standard output and flushes it.
pub(crate) fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// Writes a line to standard output and flushes it.
pub(crate) fn write_line(line: &str) -> io::Result<()> {
    write(&format!("{line}\n"))
}

/// Writes a line of JSON to standard output and flushes it.
pub(crate) fn write_json(line: &Value) -> io::Result<()> {
    write_line(&line.to_string())
}

/// Writes a line to standard error; without its styles if that is no terminal.
/// A failure to write has no place to be reported.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// Writes a dimmed line to standard error.
pub(crate) fn note(line: &str) {
    let line = control_characters(line);
    say(&format!("{DIM}{line}{DIM:#}"));
}
