//! A JSON value, kept as it was written.

/// A value as it was written, to be read when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// A value that a parser has passed over.
    pub(super) fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// The value as it was written, without whitespace around it.
    #[must_use]
    pub fn get(self) -> &'a str {
        self.0
    }

    /// The value, or `None` if it is null.
    #[must_use]
    pub fn unless_null(self) -> Option<Self> {
        (self.0 != "null").then_some(self)
    }
}
