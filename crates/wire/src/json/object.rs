//! A JSON object whose members are looked up by name, for small documents.
//! Large documents are read with a [`PullParser`] instead.

use std::borrow::Cow;

use super::parse_error::ParseError;
use super::pull_parser::PullParser;
use super::value::Value;

/// The members of a JSON object, with unparsed values. If a name occurs twice,
/// the last value is used. Null members are absent.
#[derive(Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// Reads a document; `None` if it is not a JSON object.
    #[must_use]
    pub fn read(json: &'a [u8]) -> Option<Self> {
        let mut json = PullParser::new(json).ok()?;
        let object = Self::scan(&mut json).ok()?;
        json.is_at_end().then_some(object)
    }

    /// Reads a value; `None` if it is not an object.
    #[must_use]
    pub fn of(value: Value<'a>) -> Option<Self> {
        Self::scan(&mut value.parser()).ok()
    }

    fn scan(json: &mut PullParser<'a>) -> Result<Self, ParseError> {
        let mut members = Vec::new();
        json.open_object()?;
        while let Some(name) = json.member()? {
            members.push((name, json.value()?));
        }
        Ok(Self(members))
    }

    /// Whether it has no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All members in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, Value<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        let mut members = self.0.iter().rev();
        let (_, value) = members.find(|(candidate, _)| candidate == name)?;
        value.unless_null()
    }

    /// A member that is an object.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        Self::of(self.get(name)?)
    }

    /// The items of a member that is an array; `None` for anything else.
    #[must_use]
    pub fn array(&self, name: &str) -> Option<Vec<Value<'a>>> {
        self.get(name)?.items()
    }

    /// The text of a member, read leniently; empty for other values.
    #[must_use]
    pub fn text(&self, name: &str) -> Cow<'a, str> {
        self.get(name).map(Value::text).unwrap_or_default()
    }

    /// A member that is a count, read leniently.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        self.get(name)?.count()
    }

    /// A member that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.number()
    }
}

/// The items of a document; `None` if it is not a JSON array.
#[must_use]
pub fn items_of(json: &[u8]) -> Option<Vec<Value<'_>>> {
    Value::read(json)?.items()
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
