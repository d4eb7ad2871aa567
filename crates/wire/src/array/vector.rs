//! Reads an item with a vector directly into the values of all vectors.
//!
//! The usual item is read in one pass; every other one by `serde_json`, with
//! the same result.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use serde_json::value::RawValue;

use super::number_list::skip_whitespace;
use super::{base64_vector, number_list};
use crate::lenient::{Count, Text};
use crate::swar;

/// The members of an item other than its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Whether there is a vector; its values were appended.
    pub has_vector: bool,
    /// The index of its text: `index`, or `text_index` on DashScope.
    pub index: Option<u64>,
}

/// An item is not JSON, or its vector is neither an array of finite numbers nor
/// base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidItem;

/// Reads an item, a JSON object, and appends the values of its vector. If a
/// member occurs twice, the last one is used.
///
/// # Errors
///
/// [`InvalidItem`]. Some values may have been appended.
pub fn read(json: &[u8], values: &mut Vec<f32>) -> Result<Item, InvalidItem> {
    let start = values.len();
    if let Some(item) = usual(json, values) {
        return Ok(item);
    }
    values.truncate(start);
    by_serde(json, values).ok_or(InvalidItem)
}

/// Reads an item whose members are a vector, an index and plain strings, each
/// once. `None` for anything else.
fn usual(json: &[u8], values: &mut Vec<f32>) -> Option<Item> {
    let mut item = Item::default();
    let mut rest = skip_whitespace(json).strip_prefix(b"{")?;
    loop {
        let (name, behind) = plain_string(skip_whitespace(rest))?;
        let value = skip_whitespace(skip_whitespace(behind).strip_prefix(b":")?);
        let behind = match name {
            b"embedding" if item.has_vector => return None,
            b"embedding" => {
                item.has_vector = true;
                read_vector(value, values)?
            }
            b"index" | b"text_index" if item.index.is_some() => return None,
            b"index" | b"text_index" => {
                let (index, behind) = short_integer(value)?;
                item.index = Some(index);
                behind
            }
            _ => plain_string(value)?.1,
        };
        rest = match skip_whitespace(behind) {
            [b',', behind @ ..] => behind,
            [b'}', behind @ ..] if skip_whitespace(behind).is_empty() => return Some(item),
            _ => return None,
        };
    }
}

/// Reads a vector, and returns what stands behind it.
fn read_vector<'a>(json: &'a [u8], values: &mut Vec<f32>) -> Option<&'a [u8]> {
    match json {
        [b'[', inner @ ..] => number_list::read(inner, values),
        [b'"', inner @ ..] => {
            let end = swar::either(inner, b'"', b'\\')?;
            let (text, behind) = inner.split_at_checked(end)?;
            // Decoding takes whitespace at the end, of which JSON allows spaces.
            let mut whitespace = text.iter().rev().take_while(|b| b.is_ascii_whitespace());
            if !whitespace.all(|byte| *byte == b' ') {
                return None;
            }
            decode(text, values)?;
            behind.strip_prefix(b"\"")
        }
        _ => None,
    }
}

/// Appends a vector in base64, if its numbers are finite.
fn decode(text: &[u8], values: &mut Vec<f32>) -> Option<()> {
    let start = values.len();
    base64_vector::decode(text, values)?;
    let vector = values.get(start..)?;
    vector.iter().all(|value| value.is_finite()).then_some(())
}

/// A string of printable ASCII without escapes, and what stands behind it.
fn plain_string(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = json.strip_prefix(b"\"")?;
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let length = inner.iter().position(|byte| !is_plain(byte))?;
    let (text, behind) = inner.split_at_checked(length)?;
    Some((text, behind.strip_prefix(b"\"")?))
}

/// An integer of up to nine digits, and what stands behind it.
fn short_integer(json: &[u8]) -> Option<(u64, &[u8])> {
    let length = json.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, behind) = json.split_at_checked(length)?;
    match (digits, behind) {
        (_, [b'.' | b'e' | b'E', ..]) | ([b'0', _, ..], _) => None,
        _ if length > 9 => None,
        _ => Some((str::from_utf8(digits).ok()?.parse().ok()?, behind)),
    }
}

/// Reads any item.
fn by_serde(json: &[u8], values: &mut Vec<f32>) -> Option<Item> {
    let text = str::from_utf8(json).ok()?;
    let mut json = serde_json::Deserializer::from_str(text);
    let item = json.deserialize_map(ItemVisitor(values)).ok()?;
    json.end().ok()?;
    Some(item)
}

struct ItemVisitor<'v>(&'v mut Vec<f32>);

impl<'de> Visitor<'de> for ItemVisitor<'_> {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a vector")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Item, A::Error> {
        let start = self.0.len();
        let mut item = Item::default();
        while let Some(Text(name)) = members.next_key()? {
            match &*name {
                "embedding" => {
                    self.0.truncate(start);
                    members.next_value_seed(VectorVisitor(self.0))?;
                    item.has_vector = true;
                }
                "index" | "text_index" => item.index = members.next_value::<Count>()?.0,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(item)
    }
}

struct VectorVisitor<'v>(&'v mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for VectorVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for VectorVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of finite numbers, or base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        decode(text.as_bytes(), self.0).ok_or_else(|| E::custom("not base64 of finite numbers"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<(), A::Error> {
        while let Some(number) = numbers.next_element::<&RawValue>()? {
            let value = number_list::finite(number);
            self.0
                .push(value.ok_or_else(|| A::Error::custom("not a finite number"))?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Outcome = Result<(Item, Vec<u32>), InvalidItem>;

    fn outcome(read: impl FnOnce(&mut Vec<f32>) -> Result<Item, InvalidItem>) -> Outcome {
        let mut values = Vec::new();
        let item = read(&mut values)?;
        Ok((item, values.into_iter().map(f32::to_bits).collect()))
    }

    fn assert_same(json: &[u8]) {
        let ours = outcome(|values| read(json, values));
        let theirs = outcome(|values| by_serde(json, values).ok_or(InvalidItem));
        assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(json));
    }

    #[test]
    fn the_usual_items_need_no_general_reader() {
        for json in [
            r#"{"object":"embedding","index":12,"embedding":[0.5,-1]}"#,
            r#"{ "embedding" : "AACAPw==" , "text_index" : 0 }"#,
        ] {
            assert!(usual(json.as_bytes(), &mut Vec::new()).is_some(), "{json}");
            assert_same(json.as_bytes());
        }
    }

    #[test]
    fn other_items_are_read_as_well() {
        for (json, index, values) in [
            (r#"{"embedding":"AACAPw\u003d="}"#, None, vec![1.0]),
            (r#"{"embedding":"AAA\/Pw=="}"#, None, vec![]),
            (r#"{"embedding":[1],"embedding":[2]}"#, None, vec![2.0]),
            (
                r#"{"index":1,"index":"7","embedding":[1e0]}"#,
                Some(7),
                vec![1.0],
            ),
            (
                r#"{"embedding":[1],"sparse":[{"a":[{}]}]}"#,
                None,
                vec![1.0],
            ),
        ] {
            let mut read_values = Vec::new();
            let item = read(json.as_bytes(), &mut read_values).expect(json);
            assert_eq!(item.index, index, "{json}");
            if !values.is_empty() {
                assert_eq!(read_values, values, "{json}");
            }
        }
    }

    #[test]
    fn a_control_character_in_base64_is_not_json() {
        for end in ["\n", "\n ", "\t", "\r\n"] {
            let json = format!("{{\"embedding\":\"AACAPw=={end}\"}}");
            assert_eq!(read(json.as_bytes(), &mut Vec::new()), Err(InvalidItem));
        }
        assert_same(br#"{"embedding":"AACAPw== "}"#);
        assert_same(br#"{"embedding":"AACAPw==\n"}"#);
    }

    const USUAL: &str =
        r#"{"object":"embedding","index":12,"embedding":[0.5,-1.25e-3, 7],"text_index":"3"}"#;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_damaged_item_is_what_the_general_reader_makes_of_it(
            at in 0..USUAL.len(),
            byte in prop_oneof![Just(b'"'), Just(b'{'), Just(b','), Just(b' '), Just(b'\\'), any::<u8>()],
            removed in 0..2_usize,
        ) {
            let mut json = USUAL.as_bytes().to_vec();
            json.splice(at..(at + removed).min(USUAL.len()), [byte]);
            assert_same(&json);
        }
    }
}
