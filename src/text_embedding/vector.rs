//! One item of a reply's list, read straight into the values of all: no tree,
//! no list of its own.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::base64;
use crate::reply::lenient::{Count, Text};

/// What an item says beside its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// There is a vector, whose values have been appended.
    pub(super) has_vector: bool,
    /// Which text it is of: `index`, or `text_index` at DashScope.
    pub(super) index: Option<u64>,
}

/// Reads an item, and appends the values of its vector.
///
/// # Errors
///
/// If it is not JSON, or its vector is neither a list of numbers nor the
/// base64 of them. Some values may have been appended.
pub(super) fn read(json: &[u8], values: &mut Vec<f32>) -> serde_json::Result<Item> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    ItemReader(values).deserialize(&mut reader)
}

struct ItemReader<'v>(&'v mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for ItemReader<'_> {
    type Value = Item;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ItemReader<'_> {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item with a vector")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
        let start = self.0.len();
        let mut item = Item::default();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            match &*name.0 {
                "embedding" => {
                    self.0.truncate(start);
                    map.next_value_seed(VectorReader(self.0))?;
                    item.has_vector = true;
                }
                "index" | "text_index" => Count(item.index) = map.next_value()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(item)
    }
}

struct VectorReader<'v>(&'v mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for VectorReader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for VectorReader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers, or the base64 of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<(), A::Error> {
        while let Some(number) = numbers.next_element()? {
            self.0.push(number);
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        base64::decode(text.as_bytes(), self.0)
            .ok_or_else(|| E::invalid_value(Unexpected::Other("a text"), &self))
    }
}
