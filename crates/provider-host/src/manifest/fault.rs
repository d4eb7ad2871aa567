//! What is wrong in a manifest, and in which line.

use serde_saphyr::Spanned;

/// A mistake in a manifest.
#[derive(Debug)]
pub(super) struct Fault {
    /// The line, from 1; 0 if it is not known.
    pub(super) line: u64,
    /// What is wrong there.
    pub(super) reason: String,
}

impl Fault {
    /// A mistake in the line where `value` begins.
    pub(super) fn at<T>(value: &Spanned<T>, reason: impl Into<String>) -> Self {
        Self {
            line: line(value),
            reason: reason.into(),
        }
    }
}

impl From<&serde_saphyr::Error> for Fault {
    fn from(error: &serde_saphyr::Error) -> Self {
        let reason = error.without_snippet().to_string();
        let Some(location) = error.location() else {
            return Self { line: 0, reason };
        };
        let (line, column) = (location.line(), location.column());
        // The line is given once, before the reason.
        let place = format!(" at line {line}, column {column}");
        let reason = reason.strip_suffix(&place).unwrap_or(&reason).to_owned();
        Self { line, reason }
    }
}

/// The line where a value begins.
pub(super) fn line<T>(value: &Spanned<T>) -> u64 {
    value.referenced.line()
}
