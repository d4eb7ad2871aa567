//! JSON objects of the caller, given as text: checked, and passed through byte
//! for byte.

use core::fmt;
use std::borrow::Cow;

use serde::Serialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use wire::lenient::Text;
pub(super) use wire::members::Members;

use crate::error::{Error, ErrorKind};

/// A JSON object, sent as the caller wrote it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct JsonObject<'a>(Cow<'a, RawValue>);

impl<'a> JsonObject<'a> {
    /// Parses a text; `None` if it is not a JSON object.
    pub(super) fn parse(json: &'a str) -> Option<Self> {
        Self::parse_with(json, [""; 0]).map(|(object, [])| object)
    }

    /// Parses a text, and says which of these members it has.
    pub(super) fn parse_with<const N: usize>(
        json: &'a str,
        names: [&str; N],
    ) -> Option<(Self, [bool; N])> {
        let found = read(json, Names(names))?;
        let json = serde_json::from_str(json).ok()?;
        Some((Self(Cow::Borrowed(json)), found))
    }

    /// Adds members that it does not have, given as JSON: `"name":value,…`.
    pub(super) fn add(&mut self, members: &str) {
        let Some(open) = self.0.get().strip_suffix('}') else {
            return;
        };
        let open = open.trim_end();
        let comma = if open.ends_with('{') { "" } else { "," };
        let longer = [open, comma, members, "}"].concat();
        if let Ok(longer) = RawValue::from_string(longer) {
            self.0 = Cow::Owned(longer);
        }
    }

    #[cfg(test)]
    fn get(&self) -> &str {
        self.0.get()
    }
}

/// The error for a value that cannot be written as JSON, which is a bug.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn not_written(problem: serde_json::Error) -> Error {
    Error::before_sending(
        ErrorKind::Internal,
        format!("the body of the request was not written: {problem}"),
    )
}

/// Reads a text that is one JSON object.
fn read<'a, V: Visitor<'a>>(json: &'a str, visitor: V) -> Option<V::Value> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = reader.deserialize_map(visitor).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// Looks for members by name.
struct Names<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> Visitor<'de> for Names<'_, N> {
    type Value = [bool; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<[bool; N], A::Error> {
        let mut found = [false; N];
        while let Some(Text(member)) = members.next_key::<Text<'de>>()? {
            for (name, found) in self.0.iter().zip(&mut found) {
                *found |= member == *name;
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_objects_are_objects() {
        for json in [
            "",
            "{",
            "[]",
            "1",
            "null",
            "{}{}",
            "{} x",
            "{\"a\":01}",
            "{a:1}",
        ] {
            assert!(JsonObject::parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn an_object_is_kept_as_it_is_written() {
        let json = " {\"a\" : 1e2,\n\"b\":[18446744073709551616]} ";
        let (object, found) = JsonObject::parse_with(json, ["b", "c"]).unwrap();
        assert_eq!(object.get(), json.trim());
        assert_eq!(found, [true, false]);
    }

    #[test]
    fn members_are_added_at_the_end() {
        for (json, expected) in [
            ("{}", "{\"x\":1}"),
            (" { } ", "{\"x\":1}"),
            ("{\"a\": 1 }", "{\"a\": 1,\"x\":1}"),
            ("{\"a\":\"{\"}", "{\"a\":\"{\",\"x\":1}"),
        ] {
            let mut object = JsonObject::parse(json).unwrap();
            object.add("\"x\":1");
            assert_eq!(object.get(), expected, "{json}");
        }
    }
}
