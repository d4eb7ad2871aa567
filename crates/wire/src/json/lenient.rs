//! JSON values read leniently: backends send null, numbers as texts, texts as
//! lists of parts. What cannot be understood reads as absent; it never fails
//! a whole response. Nothing here builds a tree.

use std::borrow::Cow;

use super::parse_error::ParseError;
use super::pull_parser::PullParser;

/// A text, borrowed from the input where it holds no escapes.
///
/// Reads null, `false`, objects without a `text` and the like as empty, a
/// whole number as its digits, and a list of parts
/// (`[{"type":"text","text":…}]`, or of complaints with a `msg`) as the texts
/// of the parts, joined.
///
/// # Errors
///
/// If it is not JSON.
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

/// A count: a whole number, also written as a decimal or in quotes. Anything
/// else, and null, reads as absent.
///
/// # Errors
///
/// If it is not JSON.
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
