//! JSON objects of the caller, given as text: checked, and passed through byte
//! for byte.

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use wire::lenient::Text;
use wire::to_json::Raw;

use crate::error::{Error, ErrorKind};

/// A JSON object, sent as the caller wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonObject<'a>(Cow<'a, str>);

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
        Some((Self(Cow::Borrowed(json.trim())), found))
    }

    /// Adds members that it does not have, given as JSON: `"name":value,…`.
    pub(super) fn add(&mut self, members: &str) {
        let Some(open) = self.0.strip_suffix('}') else {
            return;
        };
        let open = open.trim_end();
        let comma = if open.ends_with('{') { "" } else { "," };
        self.0 = Cow::Owned([open, comma, members, "}"].concat());
    }

    #[cfg(test)]
    fn get(&self) -> &str {
        &self.0
    }
}

impl Serialize for JsonObject<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        Raw(&self.0).serialize(json)
    }
}

/// The members of a JSON object, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Parses a text; `None` if it is not a JSON object.
    pub(super) fn parse(json: &'a str) -> Option<Self> {
        read(json, AllMembers(PhantomData)).map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (&*name.0, value.get()))
    }

    /// The first name that is one of these.
    pub(super) fn first_of(&self, names: &[&'static str]) -> Option<&'static str> {
        let is_member = |name: &&str| self.iter().any(|(member, _)| member == *name);
        names.iter().copied().find(is_member)
    }

    /// Removes the members of this name; returns the value of the last.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a str> {
        let mut taken = None;
        self.0.retain(|(member, value)| {
            let is_other = member.0 != name;
            if !is_other {
                taken = Some(value.get());
            }
            is_other
        });
        taken
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_map(self.iter().map(|(name, value)| (name, Raw(value))))
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

struct AllMembers<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for AllMembers<'a> {
    type Value = Vec<(Text<'a>, &'a RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(all)
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
            assert_eq!(JsonObject::parse(json), None, "{json}");
            assert!(Members::parse(json).is_none(), "{json}");
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

    #[test]
    fn members_keep_their_order_and_their_spelling() {
        let mut members = Members::parse(r#"{"b":1e2,"a":[ 1.0 ],"b":"\u0041"}"#).unwrap();
        let all: Vec<_> = members.iter().collect();
        assert_eq!(all, [("b", "1e2"), ("a", "[ 1.0 ]"), ("b", r#""\u0041""#)]);
        assert_eq!(members.first_of(&["c", "a"]), Some("a"));
        assert_eq!(members.take("b"), Some(r#""\u0041""#));
        assert_eq!(members.take("b"), None);
        assert_eq!(members.iter().count(), 1);
    }
}
