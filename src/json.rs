//! A JSON document to be sent, put together as a value: for bodies whose
//! members depend on the call, or come from it as JSON.
//!
//! It is written by hand rather than by `serde_json`, which cannot be told how
//! much room a body takes: a vector that grows holds a large one twice for a
//! while, and a sandbox has little memory.

use serde_json::value::RawValue;

/// A JSON value that borrows its texts.
#[derive(Debug, Clone)]
pub enum Json<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A truth value.
    Boolean(bool),
    /// JSON as the caller wrote it.
    Written(&'a RawValue),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object, its members in order. No name may stand in it twice.
    Object(Vec<(&'a str, Json<'a>)>),
}

impl Json<'_> {
    /// The document as bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.estimated_bytes());
        self.write(&mut bytes);
        bytes
    }

    /// Its length if nothing in it has to be escaped, or a little more.
    fn estimated_bytes(&self) -> usize {
        /// Quotes, a comma, a colon, a number.
        const AROUND: usize = 24;
        let inside = match self {
            Self::Text(text) => text.len(),
            Self::Number(_) | Self::Boolean(_) => 0,
            Self::Written(json) => json.get().len(),
            Self::Array(items) => items.iter().map(Self::estimated_bytes).sum(),
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| name.len().saturating_add(value.estimated_bytes()))
                .sum(),
        };
        inside.saturating_add(AROUND)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Text(text) => write_text(text, bytes),
            Self::Number(number) => bytes.extend(number.to_string().bytes()),
            Self::Boolean(true) => bytes.extend(b"true"),
            Self::Boolean(false) => bytes.extend(b"false"),
            Self::Written(json) => bytes.extend_from_slice(json.get().as_bytes()),
            Self::Array(items) => {
                bytes.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    separate(at, bytes);
                    item.write(bytes);
                }
                bytes.push(b']');
            }
            Self::Object(members) => {
                bytes.push(b'{');
                for (at, (name, value)) in members.iter().enumerate() {
                    separate(at, bytes);
                    write_text(name, bytes);
                    bytes.push(b':');
                    value.write(bytes);
                }
                bytes.push(b'}');
            }
        }
    }
}

fn separate(at: usize, bytes: &mut Vec<u8>) {
    if at > 0 {
        bytes.push(b',');
    }
}

/// Writes a text, in runs that need no escape (RFC 8259 §7).
fn write_text(text: &str, bytes: &mut Vec<u8>) {
    let needs_escape = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    bytes.push(b'"');
    for run in text.as_bytes().split_inclusive(needs_escape) {
        match run.split_last() {
            Some((last, before)) if needs_escape(last) => {
                bytes.extend_from_slice(before);
                write_escape(*last, bytes);
            }
            Some(_) | None => bytes.extend_from_slice(run),
        }
    }
    bytes.push(b'"');
}

fn write_escape(byte: u8, bytes: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => bytes.extend([b'\\', byte]),
        b'\n' => bytes.extend(b"\\n"),
        control => bytes.extend(format!("\\u{control:04x}").bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_value_is_written_in_its_place() {
        let written = RawValue::from_string(r#"{"deep":[1.50]}"#.to_owned()).unwrap();
        let document = Json::Object(vec![
            ("text", Json::Text("a\"\n\u{1}\\界")),
            (
                "list",
                Json::Array(vec![
                    Json::Number(-1),
                    Json::Boolean(true),
                    Json::Boolean(false),
                ]),
            ),
            ("as written", Json::Written(&written)),
            ("empty", Json::Object(Vec::new())),
        ]);
        assert_eq!(
            String::from_utf8(document.into_bytes()).unwrap(),
            r#"{"text":"a\"\n\u0001\\界","list":[-1,true,false],"as written":{"deep":[1.50]},"empty":{}}"#
        );
    }

    #[test]
    fn room_for_a_large_body_is_made_once() {
        let image = "A".repeat(1 << 20);
        let bytes = Json::Array(vec![Json::Text(&image), Json::Text(&image)]).into_bytes();
        assert!(
            bytes.capacity() < bytes.len() + 1024,
            "{}",
            bytes.capacity()
        );
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_itself(text in any::<String>()) {
            let bytes = Json::Text(&text).into_bytes();
            prop_assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
        }
    }
}
