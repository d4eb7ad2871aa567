//! Writes JSON documents.
//!
//! Request bodies are written member by member, without an intermediate value,
//! into one allocation of the right size: sandboxes have little memory, and a
//! growing buffer needs twice its size.

use super::escape::plain_length;
use super::value::Value;
use crate::base64;

/// A document being written. The caller closes what it opens.
#[derive(Debug, Default)]
pub struct JsonWriter(Vec<u8>);

impl JsonWriter {
    /// An empty document with capacity for this number of bytes of content, and
    /// for the structure around it.
    #[must_use]
    pub fn with_capacity(content_bytes: usize) -> Self {
        /// Names, small values, escapes.
        const AROUND: usize = 4096;
        Self(Vec::with_capacity(content_bytes.saturating_add(AROUND)))
    }

    /// The document.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Begins a member of an object; its value must follow.
    pub fn member(&mut self, name: &str) -> &mut Self {
        self.item().string(name).push(b':')
    }

    /// Begins an item of an array; its value must follow.
    pub fn item(&mut self) -> &mut Self {
        match self.0.last() {
            None | Some(b'{' | b'[') => self,
            Some(_) => self.push(b','),
        }
    }

    /// A string member, if there is a value.
    pub fn string_if_some(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.member(name).string(text);
        }
    }

    /// A boolean member, if there is a value.
    pub fn boolean_if_some(&mut self, name: &str, value: Option<bool>) {
        if let Some(value) = value {
            self.member(name).boolean(value);
        }
    }

    /// A text.
    pub fn string(&mut self, text: &str) -> &mut Self {
        self.push(b'"').escaped(text).push(b'"')
    }

    /// A string that ends with bytes in base64.
    pub fn base64(&mut self, start: &str, bytes: &[u8]) -> &mut Self {
        self.push(b'"').escaped(start);
        base64::append(bytes, &mut self.0);
        self.push(b'"')
    }

    /// The contents of a string, in runs that need no escapes (RFC 8259 §7).
    fn escaped(&mut self, text: &str) -> &mut Self {
        let mut rest = text.as_bytes();
        while let Some((run, behind)) = rest.split_at_checked(plain_length(rest)) {
            self.0.extend_from_slice(run);
            let Some((byte, behind)) = behind.split_first() else {
                break;
            };
            self.escape(*byte);
            rest = behind;
        }
        self
    }

    fn escape(&mut self, byte: u8) {
        let letter = match byte {
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            12 => b'f',
            b'\r' => b'r',
            b'"' | b'\\' => byte,
            control => {
                let digit = |value: u8| b"0123456789abcdef".get(usize::from(value));
                self.push_str("\\u00");
                self.0.extend(digit(control >> 4));
                self.0.extend(digit(control & 15));
                return;
            }
        };
        self.push(b'\\').push(letter);
    }

    /// A non-negative integer.
    pub fn u64(&mut self, number: u64) -> &mut Self {
        self.push_str(&number.to_string())
    }

    /// An integer.
    pub fn i64(&mut self, number: i64) -> &mut Self {
        if number < 0 {
            self.push(b'-');
        }
        self.u64(number.unsigned_abs())
    }

    /// A decimal number, within the range of `format_decimal`.
    pub fn decimal(&mut self, number: f64) -> &mut Self {
        self.push_str(&format_decimal(number))
    }

    /// An array of strings.
    pub fn string_array(&mut self, strings: &[String]) -> &mut Self {
        self.begin_array();
        for string in strings {
            self.item().string(string);
        }
        self.end_array()
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.push_str(if value { "true" } else { "false" })
    }

    /// An unparsed value, unchanged.
    pub fn raw(&mut self, json: Value<'_>) -> &mut Self {
        self.push_str(json.get())
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

    fn push_str(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    fn push(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }
}

/// Escapes a text for use between the quotes of a JSON string.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut json = JsonWriter::default();
    json.escaped(text);
    String::from_utf8(json.0).unwrap_or_default()
}

/// Formats a number in −2 … 2 with 1 to 15 decimal places. Numbers with more
/// are rounded, which changes them by less than 10⁻¹⁵.
fn format_decimal(number: f64) -> String {
    /// 10¹⁵. Twice that is below 2⁵³, so the error of the product is below one
    /// half and rounding yields the intended decimal.
    const PLACES: u64 = 1_000_000_000_000_000;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "it is positive, and small; 10¹⁵ is exact"
    )]
    let units = (number.abs() * PLACES as f64 + 0.5) as u64;
    let decimals = format!("{:015}", units % PLACES);
    let mut decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() {
        decimals = "0";
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    format!("{sign}{}.{decimals}", units / PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_value_is_written_in_its_place() {
        let written = Value::read(br#"{"deep":[1.50]}"#).unwrap();
        let mut json = JsonWriter::default();
        json.begin_object();
        json.member("text").string("a\"\n\u{1}\\界");
        json.member("list").begin_array();
        json.item().i64(i64::MIN);
        json.item().u64(u64::MAX);
        json.item().decimal(0.7);
        json.item().boolean(true);
        json.item().boolean(false);
        json.end_array();
        json.member("as written").raw(written);
        json.member("texts")
            .string_array(&["a".to_owned(), "b".to_owned()]);
        json.member("bytes").base64("data:\"", b"abc");
        json.string_if_some("text", None);
        json.boolean_if_some("truth", None);
        json.member("empty").begin_object().end_object();
        json.end_object();
        assert_eq!(
            String::from_utf8(json.into_bytes()).unwrap(),
            r#"{"text":"a\"\n\u0001\\界","list":[-9223372036854775808,18446744073709551615,0.7,true,false],"as written":{"deep":[1.50]},"texts":["a","b"],"bytes":"data:\"YWJj","empty":{}}"#
        );
    }

    #[test]
    fn room_for_a_large_body_is_made_once() {
        let image = "A".repeat(1 << 20);
        let mut json = JsonWriter::with_capacity(image.len());
        let room = json.0.capacity();
        json.begin_array().string(&image).end_array();
        assert_eq!(json.into_bytes().capacity(), room);
    }

    #[test]
    fn control_characters_are_escaped_as_other_writers_do() {
        for byte in 0..0x80_u8 {
            let text = char::from(byte).to_string();
            let quoted = format!("\"{}\"", escaped(&text));
            assert_eq!(quoted, serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn decimals_are_written_as_they_were_meant() {
        for (number, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.7, "0.7"),
            (-1.25, "-1.25"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (1.999_999_999_999_999, "1.999999999999999"),
            (1e-15, "0.000000000000001"),
            (1e-16, "0.0"),
        ] {
            assert_eq!(format_decimal(number), expected, "{number}");
        }
    }

    proptest! {
        #[test]
        fn what_has_up_to_fifteen_places_is_written_in_full_and_no_longer(
            units in -2_000_000_000_000_000..=2_000_000_000_000_000_i64,
            places in 1..=15_u32,
        ) {
            let tens = 10_i64.pow(15 - places);
            let units = units / tens * tens;
            let sign = if units < 0 { "-" } else { "" };
            let (whole, rest) = (units.abs() / 10_i64.pow(15), units.abs() % 10_i64.pow(15));
            let number: f64 = format!("{sign}{whole}.{rest:015}").parse().unwrap();
            let shortest = number.to_string();
            let point = if shortest.contains('.') { "" } else { ".0" };
            prop_assert_eq!(format_decimal(number), shortest + point);
        }

        #[test]
        fn what_is_written_is_as_good_as_the_number(number in -2.0..=2.0_f64) {
            let read: f64 = format_decimal(number).parse().unwrap();
            prop_assert!((read - number).abs() < 1e-15, "{number} {read}");
        }

        #[test]
        fn any_text_reads_back_as_itself(text in any::<String>()) {
            let mut json = JsonWriter::default();
            json.string(&text);
            prop_assert_eq!(serde_json::from_slice::<String>(&json.into_bytes()).unwrap(), text);
        }
    }
}
