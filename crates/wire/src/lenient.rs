//! Lenient JSON values for derived types: backends send null, numbers as
//! strings, strings as lists of parts. A value of another type reads as absent
//! and does not fail the document.
//!
//! Every type here takes any JSON value; only a document that is not JSON fails.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A string, borrowed from the input if it has no escapes.
///
/// Null, booleans, fractions and objects without a `text` read as empty, an
/// integer as its digits, and a list of parts (`[{"type":"text","text":…}]`, or
/// of errors with a `msg`) as the joined texts of the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// Whether the text is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'a>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'a>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text<'a>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_unit<E: Error>(self) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text<'a>, A::Error> {
        let mut joined: Cow<'a, str> = Cow::default();
        while let Some(Text(part)) = parts.next_element::<Text<'a>>()? {
            if joined.is_empty() {
                joined = part;
            } else {
                joined.to_mut().push_str(&part);
            }
        }
        Ok(Text(joined))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Text<'a>, A::Error> {
        let mut text = Text::default();
        while let Some(Text(name)) = members.next_key::<Text<'de>>()? {
            match &*name {
                "text" | "msg" => text = members.next_value()?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(text)
    }
}

/// A count: a non-negative integer, also written as a decimal (`12.0`) or in
/// quotes. Anything else reads as absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
        Ok(Count(text.trim().parse().ok()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
        Ok(Count(Some(number)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
        Ok(Count(u64::try_from(number).ok()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Count, E> {
        Ok(Count(whole(number)))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_unit<E: Error>(self) -> Result<Count, E> {
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

/// A non-negative number without a fraction, up to 2⁵³, above which doubles are
/// not exact.
fn whole(number: f64) -> Option<u64> {
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range, and without a fraction"
    )]
    let whole = number as u64;
    (number.fract() == 0.0 && (0.0..=MAX_EXACT).contains(&number)).then_some(whole)
}

/// An object of this type, or none if the document has null or a value of
/// another type there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<T>(pub Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(json)?.get();
        Ok(Self(object(json)))
    }
}

/// The items of an array, or none for a value of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(List(Some(list)))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_unit<E: Error>(self) -> Result<List<T>, E> {
        Ok(List(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<List<T>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List(None))
    }
}

/// An object of this type; `None` for other JSON. Derived types would take an
/// array of their fields as well.
#[must_use]
pub fn object<'de, T: Deserialize<'de>>(json: &'de str) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with('{');
    is_object.then(|| serde_json::from_str(json).ok())?
}

/// A type that is read from an object member by member. Unlike in derived
/// types, the last of several members with the same name counts.
pub trait Members<'de>: Default {
    /// Reads the value of a member, or passes over it. `members` stands before
    /// the value.
    ///
    /// # Errors
    ///
    /// If the document is not JSON, or the value is not one that the type reads.
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error>;
}

/// Reads an object; null reads as an object without members.
///
/// # Errors
///
/// If the document has a value of another type there, or is not JSON.
pub fn members<'de, T: Members<'de>, D: Deserializer<'de>>(json: D) -> Result<T, D::Error> {
    json.deserialize_any(MembersVisitor(PhantomData))
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Members<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<T, M::Error> {
        let mut read = T::default();
        while let Some(Text(name)) = members.next_key::<Text<'de>>()? {
            read.read_member(&name, &mut members)?;
        }
        Ok(read)
    }
}

/// Passes each item of a list, as it is written, to `take`. Returns false, after
/// the items before, if the JSON is not a list.
pub fn each_item<'de>(json: &'de str, take: &mut dyn FnMut(&'de str)) -> bool {
    let mut json = serde_json::Deserializer::from_str(json);
    json.deserialize_seq(ItemsVisitor(take)).is_ok()
}

struct ItemsVisitor<'t, 'de>(&'t mut dyn FnMut(&'de str));

impl<'de> Visitor<'de> for ItemsVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            (self.0)(item.get());
        }
        Ok(())
    }
}

/// Passes the name and the JSON of each member of an object to `take`. Returns
/// false, after the members before, if the JSON is not an object.
pub fn each_member<'de>(json: &'de str, take: &mut dyn FnMut(Cow<'de, str>, &'de str)) -> bool {
    let mut json = serde_json::Deserializer::from_str(json);
    json.deserialize_map(EachMemberVisitor(take)).is_ok()
}

struct EachMemberVisitor<'t, 'de>(&'t mut dyn FnMut(Cow<'de, str>, &'de str));

impl<'de> Visitor<'de> for EachMemberVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some((Text(name), value)) = members.next_entry::<_, &RawValue>()? {
            (self.0)(name, value.get());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_members_counts() {
        #[derive(Default)]
        struct One(u64);
        impl<'de> Members<'de> for One {
            fn read_member<M: MapAccess<'de>>(
                &mut self,
                name: &str,
                members: &mut M,
            ) -> Result<(), M::Error> {
                match name {
                    "one" => self.0 = members.next_value()?,
                    _ => drop(members.next_value::<IgnoredAny>()?),
                }
                Ok(())
            }
        }
        let read = |json| {
            let mut json = serde_json::Deserializer::from_str(json);
            members::<One, _>(&mut json).map(|one| one.0).ok()
        };
        assert_eq!(read(r#"{"one":1,"two":[2],"\u006fne":3}"#), Some(3));
        assert_eq!(read("null"), Some(0));
        for json in ["[1]", "1", "\"\"", "{\"one\":[]}", "{"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn items_and_members_are_passed_on_as_written() {
        let mut items = Vec::new();
        assert!(each_item(r#"[1.0, {"a" : [2]},"b" ]"#, &mut |item| items.push(item)));
        assert_eq!(items, ["1.0", r#"{"a" : [2]}"#, "\"b\""]);
        let mut members = Vec::new();
        let json = r#"{"a":1.0,"\u0062" : {"c" : 2}}"#;
        assert!(each_member(json, &mut |name, value| members.push((name, value))));
        assert_eq!(members, [("a".into(), "1.0"), ("b".into(), r#"{"c" : 2}"#)]);
        assert!(!each_member("[]", &mut |_, _| ()));
        assert!(!each_item("{}", &mut |_| ()));
        assert!(!each_item("[1,", &mut |_| ()));
    }

    fn text(json: &str) -> Cow<'_, str> {
        serde_json::from_str::<Text<'_>>(json).expect(json).0
    }

    #[test]
    fn a_list_is_the_items_of_an_array_and_nothing_else() {
        let list = |json| serde_json::from_str::<List<Count>>(json).expect(json).0;
        assert_eq!(
            list("[1,\"2\"]"),
            Some(vec![Count(Some(1)), Count(Some(2))])
        );
        for json in ["null", "true", "7", "-1", "1.5", "\"x\"", "{\"a\":[]}"] {
            assert_eq!(list(json), None, "{json}");
        }
    }

    #[test]
    fn a_text_without_escapes_is_borrowed() {
        assert!(matches!(text("\"日本\""), Cow::Borrowed("日本")));
        assert!(matches!(text("[\"日本\"]"), Cow::Borrowed("日本")));
    }

    #[test]
    fn a_value_that_is_no_text_reads_as_empty() {
        let image = "{\"image\":{\"a\":[1]}}";
        for json in ["null", "false", "\"\"", "[]", "{}", image, "1.5"] {
            assert_eq!(text(json), "", "{json}");
        }
    }

    #[test]
    fn a_whole_number_reads_as_its_digits() {
        assert_eq!(text("400"), "400");
        assert_eq!(text("-7"), "-7");
    }

    #[test]
    fn the_texts_of_parts_are_joined() {
        let parts = r#"[{"type":"text","text":"a\n"},{"type":"image"},"b",{"text":"c"}]"#;
        assert_eq!(text(parts), "a\nbc");
    }

    #[test]
    fn counts_are_read_from_numbers_and_from_their_texts() {
        for (json, expected) in [
            ("12", Some(12)),
            ("12.0", Some(12)),
            ("\" 12 \"", Some(12)),
            ("-1", None),
            ("1e300", None),
            ("null", None),
            ("true", None),
            ("{\"a\":[1]}", None),
            ("[1]", None),
            ("\"many\"", None),
        ] {
            let Count(count) = serde_json::from_str(json).expect(json);
            assert_eq!(count, expected, "{json}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_absent_and_broken_json_is_an_error() {
        #[derive(Deserialize)]
        struct Inner {
            n: u8,
        }
        let inner = |json| serde_json::from_str::<Object<Inner>>(json);
        assert_eq!(inner(r#"{"n":1}"#).unwrap().0.map(|inner| inner.n), Some(1));
        assert!(inner("[1]").unwrap().0.is_none());
        assert!(inner("null").unwrap().0.is_none());
        assert!(inner("{\"n\":").is_err());
    }
}
