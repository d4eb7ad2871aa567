//! Lenient reading of JSON values: backends send null, numbers as strings,
//! strings as lists of parts. A value of another type reads as absent and does
//! not fail the response.

use std::borrow::Cow;

use super::parse_error::ParseError;
use super::pull_parser::PullParser;

/// Reads a string, borrowed from the input if it has no escapes.
///
/// Null, `false`, objects without a `text` and the like read as empty, an
/// integer as its digits, and a list of parts (`[{"type":"text","text":…}]`, or
/// of errors with a `msg`) as the joined texts of the parts.
///
/// # Errors
///
/// If the document is not JSON.
pub fn text<'a>(json: &mut PullParser<'a>) -> Result<Cow<'a, str>, ParseError> {
    let mut text = Cow::default();
    match json.peek()? {
        b'"' => text = json.string()?,
        b'[' => {
            json.open_array()?;
            while json.item()? {
                let part = self::text(json)?;
                if text.is_empty() {
                    text = part;
                } else {
                    text.to_mut().push_str(&part);
                }
            }
        }
        b'{' => {
            json.open_object()?;
            while let Some(name) = json.member()? {
                match &*name {
                    "text" | "msg" => text = self::text(json)?,
                    _ => json.skip()?,
                }
            }
        }
        b'-' | b'0'..=b'9' => {
            let number = json.value()?.get();
            if !number.contains(['.', 'e', 'E']) {
                text = number.into();
            }
        }
        _ => json.skip()?,
    }
    Ok(text)
}

/// Reads a count: a non-negative integer, also written as a decimal or in
/// quotes. Anything else reads as absent.
///
/// # Errors
///
/// If the document is not JSON.
pub fn count(json: &mut PullParser<'_>) -> Result<Option<u64>, ParseError> {
    match json.peek()? {
        b'"' => Ok(json.string()?.trim().parse().ok()),
        b'-' | b'0'..=b'9' => Ok(json.number()?.to_count()),
        _ => json.skip().map(|()| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Cow<'_, str> {
        super::text(&mut PullParser::of_text(json)).expect(json)
    }

    #[test]
    fn a_text_without_escapes_is_borrowed() {
        assert!(matches!(text("\"日本\""), Cow::Borrowed("日本")));
        assert!(matches!(text("[\"日本\"]"), Cow::Borrowed("日本")));
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
    fn a_whole_number_reads_as_its_digits() {
        assert_eq!(text("400"), "400");
        assert_eq!(text("-7"), "-7");
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
            let count = count(&mut PullParser::of_text(json)).expect(json);
            assert_eq!(count, expected, "{json}");
        }
    }
}
