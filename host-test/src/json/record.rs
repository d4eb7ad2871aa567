//! Writing: an object field by field, absent ones left out.

use serde_json::{Map, Value};

/// An object on its way.
#[derive(Debug, Default)]
pub(super) struct Record(Map<String, Value>);

impl Record {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    pub(super) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a field, unless it is absent.
    pub(super) fn optional(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Self::Object(record.0)
    }
}

/// A list of what `write` makes of the items.
pub(super) fn list<T>(items: &[T], write: impl Fn(&T) -> Value) -> Value {
    items.iter().map(write).collect()
}

/// An object of one field.
pub(super) fn single(name: &str, value: impl Into<Value>) -> Value {
    Record::new().field(name, value).into()
}
