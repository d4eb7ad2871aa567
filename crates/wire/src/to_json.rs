//! Writes JSON documents by `serde_json`, and bytes in base64 as strings of
//! them.

use std::fmt;

use ::base64::display::Base64Display;
use ::base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json_string::quoted;

/// Writes a document, in one allocation if it has at most `capacity` bytes.
///
/// # Errors
///
/// For a map with a key that is not a string.
pub fn to_json(value: &impl Serialize, capacity: usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = Vec::with_capacity(capacity);
    value.serialize(&mut serde_json::Serializer::new(&mut json))?;
    Ok(json)
}

/// Serializes a text that may be long, for `serialize_with`: faster than
/// `serde_json` alone, which looks at each byte.
///
/// # Errors
///
/// The serializer's.
pub fn text<S: Serializer>(text: &impl AsRef<str>, json: S) -> Result<S::Ok, S::Error> {
    /// From this length in bytes, quoting here is faster.
    const LONG: usize = 48;
    let text = text.as_ref();
    if text.len() < LONG {
        return json.serialize_str(text);
    }
    match RawValue::from_string(quoted(text)) {
        Ok(string) => string.serialize(json),
        Err(_) => json.serialize_str(text), // a bug, without consequence
    }
}

/// A string of a prefix and bytes in base64, such as a data URL (RFC 2397),
/// encoded straight into the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base64<'a> {
    /// The texts before the bytes.
    pub prefix: [&'a str; 3],
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Base64<'a> {
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

impl fmt::Display for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.prefix {
            f.write_str(part)?;
        }
        Base64Display::new(self.bytes, &STANDARD).fmt(f)
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_a_string_in_base64() {
        for (value, expected) in [
            (Base64::new(b""), r#""""#),
            (Base64::new(b"abc"), r#""YWJj""#),
            (
                Base64::data_url("a/\"b", b"ab"),
                r#""data:a/\"b;base64,YWI=""#,
            ),
        ] {
            let json = to_json(&value, 0).expect("a string");
            assert_eq!(String::from_utf8(json).expect("UTF-8"), expected);
        }
    }

    #[test]
    fn a_long_text_is_written_as_a_short_one() {
        #[derive(serde::Serialize)]
        struct Texts<'a>(
            #[serde(serialize_with = "text")] &'a str,
            #[serde(serialize_with = "text")] String,
        );
        let long = "a \"long\" text\n".repeat(9);
        let json = to_json(&Texts("short", long.clone()), 0).expect("texts");
        let expected = serde_json::to_string(&("short", long)).expect("texts");
        assert_eq!(String::from_utf8(json).expect("UTF-8"), expected);
    }

    #[test]
    fn a_document_of_known_size_is_one_allocation() {
        let bytes = vec![7; 3 << 10];
        let json = to_json(&Base64::new(&bytes), (4 << 10) + 2).expect("a string");
        assert_eq!(json.len(), json.capacity());
    }
}
