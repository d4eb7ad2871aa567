//! Values that are more than serde's data model holds: JSON as text, and strings
//! that end with bytes in base64.

use serde::ser::{Serialize, SerializeTupleStruct as _, Serializer};

/// A JSON text, which must be valid: it is written unchanged. Only
/// [`to_json`](super::to_json) writes it so; to other serializers it is a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(pub &'a str);

impl Raw<'_> {
    /// The name by which the serializer knows this type.
    pub(super) const NAME: &'static str = "wire::Raw";
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.serialize_newtype_struct(Self::NAME, self.0)
    }
}

/// A string of a prefix and bytes in base64, such as a data URL (RFC 2397). Only
/// [`to_json`](super::to_json) writes it so; to other serializers it is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base64<'a> {
    /// The texts before the bytes.
    pub prefix: [&'a str; 3],
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Base64<'a> {
    /// The name by which the serializer knows this type.
    pub(super) const NAME: &'static str = "wire::Base64";

    /// Bytes without a prefix.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            prefix: [""; 3],
            bytes,
        }
    }

    /// The data URL of bytes of this media type.
    #[must_use]
    pub fn data_url(mime_type: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            prefix: ["data:", mime_type, ";base64,"],
            bytes,
        }
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        /// Bytes in serde's data model, not a list of numbers.
        struct Bytes<'a>(&'a [u8]);
        impl Serialize for Bytes<'_> {
            fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                json.serialize_bytes(self.0)
            }
        }
        let mut parts = json.serialize_tuple_struct(Self::NAME, self.prefix.len())?;
        for part in self.prefix {
            parts.serialize_field(part)?;
        }
        parts.serialize_field(&Bytes(self.bytes))?;
        parts.end()
    }
}
