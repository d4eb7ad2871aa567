//! The members of a JSON object that passes through: their order, and the
//! spelling of their values, stay as they are.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The members of an object in order, a name perhaps more than once.
#[derive(Debug, Clone, Default)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads a document; `None` if it is not an object.
    #[must_use]
    pub fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first of these names that a member has.
    #[must_use]
    pub fn first_of<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let is_member = |name: &&str| self.iter().any(|(member, _)| member == *name);
        names.iter().copied().find(is_member)
    }

    /// Removes the members of this name; returns the value of the last.
    pub fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let mut taken = None;
        self.0.retain(|(member, value)| {
            let is_other = *member != name;
            if !is_other {
                taken = Some(*value);
            }
            is_other
        });
        taken
    }

    /// The members.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(MembersVisitor).map(Self)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(crate::lenient::Text(name)) = members.next_key()? {
            all.push((name, members.next_value()?));
        }
        Ok(all)
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let mut members = json.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}

/// Largest document whose names are compared, in bytes: errors and usage are
/// smaller.
const MAX_COMPARED_BYTES: usize = 64 << 10;

/// Maximum number of members of an object whose names are compared.
const MAX_COMPARED: usize = 256;

/// Maximum number of nested objects whose names are compared.
const MAX_COMPARED_DEPTH: u8 = 4;

/// The document of an object with the last of several members of one name, also
/// in the objects inside. `None` if no name comes twice, or the document is large.
///
/// Derived types fail for a repeated member. This is for their second attempt.
#[must_use]
pub fn without_repeated(json: &str) -> Option<String> {
    if json.len() > MAX_COMPARED_BYTES {
        return None;
    }
    let mut written = String::with_capacity(json.len());
    write_last(json.trim_ascii(), MAX_COMPARED_DEPTH, &mut written).then_some(written)
}

/// Writes a value without repeated members; whether there were any.
fn write_last(json: &str, depth: u8, written: &mut String) -> bool {
    let members = Members::read(json).filter(|members| members.0.len() <= MAX_COMPARED);
    let (Some(members), Some(inner)) = (members, depth.checked_sub(1)) else {
        written.push_str(json);
        return false;
    };
    let mut has_repeated = false;
    let mut separator = '{';
    for (at, (name, value)) in members.0.iter().enumerate() {
        let mut behind = members.iter().skip(at.saturating_add(1));
        if behind.any(|(other, _)| other == name) {
            has_repeated = true;
            continue;
        }
        written.push(separator);
        separator = ',';
        write_name(name, written);
        has_repeated |= write_last(value.get(), inner, written);
    }
    written.push_str(if separator == '{' { "{}" } else { "}" });
    has_repeated
}

/// Writes a member's name and colon.
pub fn write_name(name: &str, json: &mut String) {
    // A string is always serializable.
    json.push_str(&serde_json::to_string(name).unwrap_or_default());
    json.push(':');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spelling_stay() {
        let json = r#"{"b\n":1e2,"a":18446744073709551616,"a":[ 1 ],"z":null}"#;
        let members = Members::read(json).unwrap();
        assert_eq!(members.iter().count(), 4);
        assert_eq!(serde_json::to_string(&members).unwrap(), json);
    }

    #[test]
    fn members_are_found_and_taken_by_name() {
        let mut members = Members::read(r#"{"b":1e2,"a":[ 1.0 ],"b":"\u0041"}"#).unwrap();
        assert_eq!(members.first_of(&["c", "a"]), Some("a"));
        assert_eq!(members.take("b").map(RawValue::get), Some(r#""\u0041""#));
        assert!(members.take("b").is_none());
        assert_eq!(members.iter().count(), 1);
    }

    #[test]
    fn the_last_of_several_members_is_left() {
        for (json, expected) in [
            (r#"{"a":1,"b":2,"\u0061":[3]}"#, Some(r#"{"b":2,"a":[3]}"#)),
            (
                r#" {"a":{"b":1,"b":2.0},"c":{}} "#,
                Some(r#"{"a":{"b":2.0},"c":{}}"#),
            ),
            (r#"{"a":1,"b":{"a":1}}"#, None),
            (r#"{"a":[{"b":1,"b":1}]}"#, None),
            (r#"{"a":1,"a":1"#, None),
            ("{}", None),
            ("7", None),
        ] {
            assert_eq!(without_repeated(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for json in ["", "[]", "7", "null", "{", "{}x", "{\"a\":}"] {
            assert!(Members::read(json).is_none(), "{json}");
        }
    }
}
