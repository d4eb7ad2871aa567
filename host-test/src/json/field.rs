//! Values of fields that serde has no type for.

use super::read::wrong_type;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// A JSON object as text: given as an object, whose bytes are kept, or as a
/// string that holds one.
#[derive(Debug)]
pub(super) struct JsonText(pub(super) String);

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            return Ok(Self(raw.get().to_owned()));
        }
        match serde_json::from_str(raw.get()).map_err(D::Error::custom)? {
            Value::String(text) => Ok(Self(text)),
            other => Err(D::Error::custom(wrong_type(
                &other,
                "an object or a string that contains one",
            ))),
        }
    }
}

/// Bytes, written as base64.
#[derive(Debug)]
pub(super) struct Base64(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text);
        bytes
            .map(Self)
            .map_err(|error| D::Error::custom(format!("invalid base64: {error}")))
    }
}

/// Writes bytes as base64.
pub(super) fn base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    STANDARD.encode(bytes).serialize(serializer)
}

/// Names and values in order: an object, or, where a name comes twice, a list
/// of pairs.
#[derive(Default)]
pub(super) struct Pairs(pub(super) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or a list of pairs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = seq.next_element()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::JsonText;
    use crate::json::read::{any_from_text, from_text, from_value};
    use serde_json::json;

    #[test]
    fn numbers_in_json_that_is_passed_through_keep_their_bytes() {
        let text = r#"{"big": 12345678901234567890123, "one": 1.0, "small": 1e-400}"#;
        assert_eq!(from_text::<JsonText>(text).unwrap().0, text);
    }

    #[test]
    fn json_that_is_passed_through_may_be_a_string() {
        let read = from_value::<JsonText>(&json!("{\"a\": 1.0}")).unwrap();
        assert_eq!(read.0, "{\"a\": 1.0}");
        let error = any_from_text::<JsonText>("[1]").unwrap_err().to_string();
        assert!(
            error.starts_with(
                "invalid type: sequence, expected an object or a string that contains one"
            ),
            "{error}"
        );
    }
}
