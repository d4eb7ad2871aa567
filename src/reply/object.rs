//! A JSON object, its members looked up by name: for replies and settings of
//! a known small depth, where speed is not at stake. One piece of code serves
//! all shapes, which keeps the component small; what is read by the megabyte
//! has types of its own instead.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lenient::{Count, Text};

/// The members of a JSON object, each value as it was written. Of two members
/// of one name the last counts. A member that is null is absent.
#[derive(Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a document, none if it is not a JSON object.
    #[must_use]
    pub fn read(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// A value that is an object.
    #[must_use]
    pub fn of(value: &'a RawValue) -> Option<Self> {
        Self::read(value.get().as_bytes())
    }

    /// Whether it has no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All members in the order in which they stand.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }

    /// A member's value as it was written.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| *value)
            .filter(|value| value.get() != "null")
    }

    /// A member that is an object.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        Self::of(self.get(name)?)
    }

    /// The items of a member that is an array; none for anything else.
    #[must_use]
    pub fn array(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        items(self.get(name)?)
    }

    /// A member that is a text, or stands for one; empty for anything else.
    #[must_use]
    pub fn text(&self, name: &str) -> Cow<'a, str> {
        let Text(text) = self.get(name).and_then(read).unwrap_or_default();
        text
    }

    /// A member that is a count, in any dress.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        let Count(count) = read(self.get(name)?)?;
        count
    }

    /// A member that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        read(self.get(name)?)
    }
}

/// The items of a document, none if it is not a JSON array.
#[must_use]
pub fn items_of(json: &[u8]) -> Option<Vec<&RawValue>> {
    let Items(items) = serde_json::from_slice(json).ok()?;
    Some(items)
}

/// The items of a value that is an array; none for anything else.
#[must_use]
pub fn items(value: &RawValue) -> Option<Vec<&RawValue>> {
    items_of(value.get().as_bytes())
}

/// Reads a value. From bytes, though it is a text: so all of the crate shares
/// one instance of the JSON reader.
fn read<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Option<T> {
    serde_json::from_slice(value.get().as_bytes()).ok()
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &RawValue>()? {
            members.push((name, value));
        }
        Ok(Object(members))
    }
}

/// The items of an array.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = array.next_element()? {
            items.push(item);
        }
        Ok(Items(items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_name_and_read_as_what_they_are() {
        let json = br#"{"a":"x\n","n":1.5,"c":"7","o":{"b":[1,{"d":2}]},"z":null,"a":"y"}"#;
        let object = Object::read(json).unwrap();
        assert_eq!(object.text("a"), "y");
        assert_eq!(object.number("n"), Some(1.5));
        assert_eq!(object.count("c"), Some(7));
        assert!(object.get("z").is_none());
        let items = object.object("o").unwrap().array("b").unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!(
            Object::read(items[1].get().as_bytes()).unwrap().count("d"),
            Some(2)
        );
        assert_eq!(object.members().count(), 6);
    }

    #[test]
    fn what_is_of_another_type_is_absent() {
        let object = Object::read(br#"{"a":[],"t":"x"}"#).unwrap();
        assert!(object.object("a").is_none());
        assert!(object.array("t").is_none());
        assert!(object.number("t").is_none());
        assert_eq!(object.text("a"), "");
        assert!(Object::read(b"[1]").is_none());
        assert!(Object::read(b"{\"a\":1").is_none());
        assert!(items_of(b"[1,{}]").is_some_and(|items| items.len() == 2));
        assert!(items_of(b"{}").is_none());
    }
}
