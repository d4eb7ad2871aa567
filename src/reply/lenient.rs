//! JSON values read leniently: backends send null, numbers as texts, texts as
//! lists of parts. What cannot be understood reads as absent; it never fails
//! a whole reply. Nothing here builds a tree.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text, borrowed from the input where it holds no escapes.
///
/// Reads null, `false`, objects without a `text` and the like as empty, a
/// number as its digits, and a list of parts (`[{"type":"text","text":…}]`, or
/// of complaints with a `msg`) as the texts of the parts, joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text, none if it is empty.
    #[must_use]
    pub fn non_empty(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut joined = Text::default();
        while let Some(part) = parts.next_element::<Self::Value>()? {
            if joined.0.is_empty() {
                joined = part;
            } else {
                joined.0.to_mut().push_str(&part.0);
            }
        }
        Ok(joined)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut text = Text::default();
        while let Some(name) = members.next_key::<Text<'de>>()? {
            if matches!(&*name.0, "text" | "msg") {
                text = members.next_value()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

/// A count: a whole number, also written as a decimal or in quotes. Anything
/// else, and null, reads as absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Count, E> {
        Ok(Count(Some(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Count, E> {
        Ok(Count(number.try_into().ok()))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked; 2^53 is where f64 stops being exact"
    )]
    fn visit_f64<E>(self, number: f64) -> Result<Count, E> {
        let exact = (0.0..=9_007_199_254_740_992.0).contains(&number);
        Ok(Count(exact.then_some(number as u64)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Count, E> {
        Ok(Count(text.trim().parse().ok()))
    }

    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Count, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Count, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        serde_json::from_str::<Text<'_>>(json)
            .expect(json)
            .0
            .into_owned()
    }

    #[test]
    fn a_text_without_escapes_is_borrowed() {
        let Text(text) = serde_json::from_str("\"日本\"").unwrap();
        assert!(matches!(text, Cow::Borrowed("日本")));
    }

    #[test]
    fn whatever_stands_for_no_text_reads_as_empty() {
        for json in [
            "null",
            "false",
            "\"\"",
            "[]",
            "{}",
            "{\"image\":{\"a\":[1]}}",
            "1.5",
        ] {
            assert_eq!(text(json), "", "{json}");
        }
    }

    #[test]
    fn the_texts_of_parts_are_joined() {
        assert_eq!(
            text(r#"[{"type":"text","text":"a\n"},{"type":"image"},"b",{"text":"c"}]"#),
            "a\nbc"
        );
    }

    #[test]
    fn counts_are_read_from_numbers_in_any_dress() {
        for (json, expected) in [
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("\"12\"", Some(12)),
            ("-1", None),
            ("1e300", None),
            ("null", None),
            ("{}", None),
            ("[1]", None),
            ("\"many\"", None),
        ] {
            let Count(count) = serde_json::from_str(json).expect(json);
            assert_eq!(count, expected, "{json}");
        }
    }
}
