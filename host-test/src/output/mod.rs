//! Showing things: to a person at a terminal, into a pipe, or as JSON.

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
use style::Style;
use terminal_size::terminal_size;
use unicode_width::UnicodeWidthStr;

/// Of a terminal that does not say.
const DEFAULT_COLUMNS: usize = 80;

/// How a result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    JsonLines,
}

/// What standard output is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// A terminal, which obeys control characters.
    Terminal(Style),
    /// A file or another program.
    Pipe,
}

impl Medium {
    /// Standard output as it is.
    pub(crate) fn of_standard_output() -> Self {
        if io::stdout().is_terminal() {
            Self::Terminal(Style::from_environment())
        } else {
            Self::Pipe
        }
    }

    /// Colours and the like, where they can be shown.
    pub(crate) fn style(self) -> Style {
        match self {
            Self::Terminal(style) => style,
            Self::Pipe => Style::Plain,
        }
    }

    /// Columns that are left of a line. A pipe has no end.
    pub(crate) fn columns_after(self, line: &str) -> usize {
        match self {
            Self::Terminal(_) => terminal_size()
                .map_or(DEFAULT_COLUMNS, |(columns, _)| usize::from(columns.0))
                .saturating_sub(line.width()),
            Self::Pipe => usize::MAX,
        }
    }

    /// A server's text, as it may be written here.
    pub(crate) fn safe(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Terminal(_) => control_characters(text),
            Self::Pipe => Cow::Borrowed(text),
        }
    }
}

/// Writes to standard output, at once.
pub(crate) fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// Writes a line to standard output, at once.
pub(crate) fn write_line(line: &str) -> io::Result<()> {
    write(&format!("{line}\n"))
}

/// Writes a line of JSON to standard output, at once.
pub(crate) fn write_json(line: &Value) -> io::Result<()> {
    write_line(&line.to_string())
}

/// Writes a line to standard error. Nobody can be told if that fails.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes a line of less importance to standard error.
pub(crate) fn note(line: &str) {
    say(&Style::of_standard_error().dim(&control_characters(line)));
}
