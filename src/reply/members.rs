//! JSON objects read straight into a struct, for what comes by the thousand.
//! `derive(Deserialize)` does the same and is twice the size: it also reads
//! structs from arrays, and refuses what stands twice.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::lenient::Text;

/// A struct whose fields are members of a JSON object. Of two members of one
/// name the last counts.
pub trait Members<'de>: Default {
    /// Reads the next value of `map` into the field of this name. Returns
    /// whether there is one; if not, the value has not been read.
    ///
    /// # Errors
    ///
    /// Those of the JSON reader.
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Reads an object into a struct. What is unknown is skipped; null is an
/// object without members.
///
/// # Errors
///
/// Those of the JSON reader, also if there is neither an object nor null.
pub fn deserialize<'de, T: Members<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(MembersVisitor(PhantomData))
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Members<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut members = T::default();
        while let Some(Text(name)) = map.next_key()? {
            if !members.read(&name, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(members)
    }
}
