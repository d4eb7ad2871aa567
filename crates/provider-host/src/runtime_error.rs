//! An error of the runtime, as the source of this crate's errors.

use std::error::Error;
use std::fmt;
use wasmtime::Trap;

/// The longest text that is passed on from inside a sandbox, in bytes: as much
/// as the contract allows a message.
const LONGEST_REASON: usize = 2_048;

/// What wasmtime reported. Its text is wasmtime's, the causes included.
#[derive(Debug)]
pub struct RuntimeError(wasmtime::Error);

impl RuntimeError {
    /// The trap, if the component trapped.
    #[must_use]
    pub fn trap(&self) -> Option<Trap> {
        self.0.downcast_ref().copied()
    }

    /// The innermost cause in at most 2,048 bytes, without the backtrace.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.trap() {
            Some(trap) => trap.to_string(),
            None => shortened(self.0.root_cause().to_string()),
        }
    }
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#}", self.0)
    }
}

impl Error for RuntimeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.chain().nth(1)
    }
}

impl From<wasmtime::Error> for RuntimeError {
    fn from(error: wasmtime::Error) -> Self {
        Self(error)
    }
}

/// The text, cut between two characters where it is too long.
pub(crate) fn shortened(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST_REASON));
    text
}

#[cfg(test)]
mod tests {
    use super::{RuntimeError, shortened};
    use std::error::Error;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shortened("é".repeat(2_000)).len(), 2_048);
        assert_eq!(shortened("x".to_owned() + &"é".repeat(2_000)).len(), 2_047);
    }

    #[test]
    fn the_causes_of_an_error_can_be_walked() {
        let error = wasmtime::format_err!("inner").context("outer");
        let error = RuntimeError::from(error);
        assert_eq!(error.to_string(), "outer: inner");
        assert_eq!(error.source().unwrap().to_string(), "inner");
        assert_eq!(error.reason(), "inner");
    }
}
