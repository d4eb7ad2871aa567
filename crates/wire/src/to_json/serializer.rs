//! The serializer: serde's data model as JSON.

use serde::ser::{self, Error as _, Impossible, Serialize, Serializer};
use serde_json::Error;

use super::string;
use super::values::{Base64, Raw};
use crate::base64;

/// The name by which `serde_json`'s `RawValue` makes itself known: a struct with
/// one field, the text of the value.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// A document being written.
pub(super) struct Writer<'a> {
    json: &'a mut Vec<u8>,
    place: Place,
}

/// The place of the next value in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a value may be.
    Value,
    /// Inside the quotes of a string.
    String,
    /// Where a value may be, which is given as JSON.
    Json,
}

impl<'a> Writer<'a> {
    pub(super) fn new(json: &'a mut Vec<u8>) -> Self {
        Self {
            json,
            place: Place::Value,
        }
    }

    fn open(&mut self, begin: u8, end: u8) -> Container<'_, 'a> {
        self.json.push(begin);
        let end = Some(end);
        Container { writer: self, end }
    }

    /// A number, spelled by `serde_json`. Requests have few.
    fn number(&mut self, number: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(number)?;
        self.json.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Writes numbers of these types.
macro_rules! numbers {
    ($($method:ident: $type:ty,)+) => {
        $(fn $method(self, number: $type) -> Result<(), Error> {
            self.number(&number)
        })+
    };
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Container<'w, 'a>;
    type SerializeTuple = Container<'w, 'a>;
    type SerializeTupleStruct = Container<'w, 'a>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Container<'w, 'a>;
    type SerializeStruct = Container<'w, 'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    numbers! {
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        let word = if value { "true" } else { "false" };
        self.json.extend_from_slice(word.as_bytes());
        Ok(())
    }

    fn serialize_char(self, letter: char) -> Result<(), Error> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        match self.place {
            Place::Value => string::append(text, self.json),
            Place::String => string::append_contents(text, self.json),
            Place::Json => self.json.extend_from_slice(text.as_bytes()),
        }
        Ok(())
    }

    /// Base64, which needs no escapes.
    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        if self.place == Place::String {
            base64::append(bytes, self.json);
        } else {
            self.json.push(b'"');
            base64::append(bytes, self.json);
            self.json.push(b'"');
        }
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.json.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        string::append_plain(variant, self.json);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if name != Raw::NAME {
            return value.serialize(self);
        }
        self.place = Place::Json;
        let written = value.serialize(&mut *self);
        self.place = Place::Value;
        written
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.open(b'{', b'}');
        ser::SerializeStruct::serialize_field(&mut object, variant, value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Container<'w, 'a>, Error> {
        Ok(self.open(b'[', b']'))
    }

    fn serialize_tuple(self, _: usize) -> Result<Container<'w, 'a>, Error> {
        Ok(self.open(b'[', b']'))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Container<'w, 'a>, Error> {
        if name != Base64::NAME {
            return Ok(self.open(b'[', b']'));
        }
        self.place = Place::String;
        Ok(self.open(b'"', b'"'))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(not_written(name, variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Container<'w, 'a>, Error> {
        Ok(self.open(b'{', b'}'))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Container<'w, 'a>, Error> {
        if name != RAW_VALUE {
            return Ok(self.open(b'{', b'}'));
        }
        self.place = Place::Json;
        Ok(Container {
            writer: self,
            end: None,
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(not_written(name, variant))
    }
}

fn not_written(name: &str, variant: &str) -> Error {
    Error::custom(format!(
        "{name}::{variant}: a variant with several fields is not written"
    ))
}

/// A list, an object or a string of parts being written.
pub(super) struct Container<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// The byte that closes it; none around a raw value.
    end: Option<u8>,
}

impl Container<'_, '_> {
    /// Separates a value from the one before it: a value never ends with an
    /// opening bracket.
    fn separate(&mut self) {
        if !matches!(self.writer.json.last(), Some(b'{' | b'[')) {
            self.writer.json.push(b',');
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.separate();
        value.serialize(&mut *self.writer)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the callers return it")]
    fn close(self) -> Result<(), Error> {
        self.writer.json.extend(self.end);
        self.writer.place = Place::Value;
        Ok(())
    }
}

impl ser::SerializeSeq for Container<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTuple for Container<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Container<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        match self.writer.place {
            Place::String => value.serialize(&mut *self.writer),
            Place::Value | Place::Json => self.item(value),
        }
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeMap for Container<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.separate();
        let start = self.writer.json.len();
        key.serialize(&mut *self.writer)?;
        match self.writer.json.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("the key of a map must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.json.push(b':');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeStruct for Container<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if self.end.is_some() {
            self.separate();
            string::append_plain(name, self.writer.json);
            self.writer.json.push(b':');
        }
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}
