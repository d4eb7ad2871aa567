//! A JSON document to be sent, written member by member: for bodies whose
//! members depend on the call, or come from it as JSON.
//!
//! It is written by hand rather than by `serde_json`, which cannot be told how
//! much room a body takes: a vector that grows holds a large one twice for a
//! while, and a sandbox has little memory.

use crate::reply::object::Value;

/// A document on its way. Whoever writes it closes what they open.
#[derive(Debug, Default)]
pub struct Json(Vec<u8>);

impl Json {
    /// An empty document with room for so many bytes of content, and for what
    /// stands around it.
    #[must_use]
    pub fn with_room(content_bytes: usize) -> Self {
        /// Names, small values, escapes.
        const AROUND: usize = 4096;
        Self(Vec::with_capacity(content_bytes.saturating_add(AROUND)))
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Begins a member of an object: its value is to follow.
    pub fn member(&mut self, name: &str) -> &mut Self {
        self.item().text(name).push(b':')
    }

    /// Begins an item of an array: its value is to follow.
    pub fn item(&mut self) -> &mut Self {
        match self.0.last() {
            None | Some(b'{' | b'[') => self,
            Some(_) => self.push(b','),
        }
    }

    /// A text, in runs that need no escape (RFC 8259 §7).
    pub fn text(&mut self, text: &str) -> &mut Self {
        let needs_escape = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
        self.push(b'"');
        for run in text.as_bytes().split_inclusive(needs_escape) {
            match run.split_last() {
                Some((last, before)) if needs_escape(last) => {
                    self.0.extend_from_slice(before);
                    self.escape(*last);
                }
                Some(_) | None => self.0.extend_from_slice(run),
            }
        }
        self.push(b'"')
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => self.0.extend_from_slice(&[b'\\', byte]),
            b'\n' => self.0.extend_from_slice(b"\\n"),
            control => {
                let escape = format!("\\u{control:04x}");
                self.0.extend_from_slice(escape.as_bytes());
            }
        }
    }

    /// A whole number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.0.extend_from_slice(number.to_string().as_bytes());
        self
    }

    /// A truth value.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        let word = if value { "true" } else { "false" };
        self.0.extend_from_slice(word.as_bytes());
        self
    }

    /// A value as it was written before.
    pub fn written(&mut self, json: Value<'_>) -> &mut Self {
        self.0.extend_from_slice(json.get().as_bytes());
        self
    }

    /// Opens an object.
    pub fn begin_object(&mut self) -> &mut Self {
        self.push(b'{')
    }

    /// Closes an object.
    pub fn end_object(&mut self) -> &mut Self {
        self.push(b'}')
    }

    /// Opens an array.
    pub fn begin_array(&mut self) -> &mut Self {
        self.push(b'[')
    }

    /// Closes an array.
    pub fn end_array(&mut self) -> &mut Self {
        self.push(b']')
    }

    fn push(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_value_is_written_in_its_place() {
        let written = Value::read(br#"{"deep":[1.50]}"#).unwrap();
        let mut json = Json::default();
        json.begin_object();
        json.member("text").text("a\"\n\u{1}\\界");
        json.member("list").begin_array();
        json.item().number(-1);
        json.item().boolean(true);
        json.item().boolean(false);
        json.end_array();
        json.member("as written").written(written);
        json.member("empty").begin_object().end_object();
        json.end_object();
        assert_eq!(
            String::from_utf8(json.into_bytes()).unwrap(),
            r#"{"text":"a\"\n\u0001\\界","list":[-1,true,false],"as written":{"deep":[1.50]},"empty":{}}"#
        );
    }

    #[test]
    fn room_for_a_large_body_is_made_once() {
        let image = "A".repeat(1 << 20);
        let mut json = Json::with_room(image.len());
        let room = json.0.capacity();
        json.begin_array().text(&image).end_array();
        assert_eq!(json.into_bytes().capacity(), room);
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_itself(text in any::<String>()) {
            let mut json = Json::default();
            json.text(&text);
            prop_assert_eq!(serde_json::from_slice::<String>(&json.into_bytes()).unwrap(), text);
        }
    }
}
