//! Tests of the scanner: what it reads, and that it accepts nothing that
//! `serde_json` rejects.

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::*;

/// Whether a document is accepted as a value that is passed over.
fn skips(json: &[u8]) -> bool {
    let mut scanner = Scanner::new(json);
    scanner.skip().and_then(|()| scanner.end()).is_some()
}

/// The members of a document, as text; a null is empty.
fn members(json: &str) -> Option<Vec<(String, String)>> {
    let mut members = Vec::new();
    let mut scanner = Scanner::new(json.as_bytes());
    scanner.object(|scanner, name| {
        let value = scanner.raw()?.unwrap_or_default();
        members.push((name.as_str().to_owned(), value.to_owned()));
        Some(())
    })?;
    scanner.end()?;
    Some(members)
}

#[test]
fn members_are_read_in_order_and_as_written() {
    let json = " { \"a\" : [1, {\"b\":\"}\"}] ,\n\"\":null,\"long name\":\"\\u00e9\"} ";
    let expected = [
        ("a", "[1, {\"b\":\"}\"}]"),
        ("", ""),
        ("long name", "\"\\u00e9\""),
    ];
    let read = members(json).unwrap();
    let read: Vec<(&str, &str)> = read.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(read, expected);
    assert_eq!(members("{}"), Some(Vec::new()));
}

#[test]
fn the_key_of_a_name_is_the_same_wherever_the_name_stands() {
    for name in ["", "a", "content", "eightchr", "finish_reason"] {
        for behind in ["", "          "] {
            let json = format!("{{\"{name}\":0}}{behind}");
            let mut keys = Vec::new();
            let read = Scanner::new(json.as_bytes()).object(|scanner, found| {
                assert!(found.is(name));
                keys.push(found.key());
                scanner.skip()
            });
            assert_eq!((read, keys), (Some(()), vec![key(name)]), "{json}");
        }
    }
}

#[test]
fn a_name_of_eight_bytes_shares_its_key_with_longer_names() {
    assert_eq!(key("function"), key("function_call"));
    assert_ne!(key("content"), key("contents"));
}

#[test]
fn texts_are_borrowed_unless_they_have_escapes() {
    let text = |json: &'static str| Scanner::new(json.as_bytes()).text();
    assert!(matches!(text("\"日本\""), Some(Cow::Borrowed("日本"))));
    assert!(matches!(text("null"), Some(Cow::Borrowed(""))));
    assert_eq!(text("\"a\\n\\ud83d\\ude42\"").as_deref(), Some("a\n🙂"));
    for json in ["1", "[]", "\"\\ud83d\"", "\"\\x\"", "\"\n\"", "\"a", "nul"] {
        assert_eq!(text(json), None, "{json}");
    }
}

#[test]
fn what_is_not_json_is_not_accepted() {
    for json in [
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "[,1]",
        "01",
        "1.",
        ".5",
        "1e",
        "+1",
        "-",
        "--1",
        "tru",
        "truex",
        "nulll",
        "\"\\u12g4\"",
        "\"\t\"",
        "{\"a\" 1}",
        "{\"a\"::1}",
        "[1 2]",
        "{} {}",
        "[1}",
        "{]",
        "'a'",
        "NaN",
        "Infinity",
        "/**/1",
        "\u{feff}1",
        "{1:2}",
        "\u{b}1",
    ] {
        assert!(!skips(json.as_bytes()), "{json}");
        assert!(serde_json::from_str::<IgnoredAny>(json).is_err(), "{json}");
    }
    // Accepted by serde_json where the value is not read.
    for json in ["\"\\ud83d\"", "\"\\ude42\"", "\"\\ud83d\\u0041\""] {
        assert!(!skips(json.as_bytes()), "{json}");
    }
    assert!(!skips(b"\"\xff\""));
    assert!(!skips(b"\"\xe4\xb8\""));
    assert!(!skips(b"\xff"));
}

#[test]
fn json_is_accepted() {
    for json in [
        "0",
        "-0",
        "-0.5e+10",
        "1E5",
        "10.25",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        " [ ] ",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ff\"",
        "\"日本語 🙂 and more of it\"",
        "\"\u{7f}\"",
        "[[],[{}],{\"a\":[]}]",
    ] {
        assert!(skips(json.as_bytes()), "{json}");
    }
}

#[test]
fn nesting_is_accepted_up_to_the_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(skips(nested(127).as_bytes()));
    assert!(!skips(nested(128).as_bytes()));
    assert!(!skips("[{\"a\":".repeat(1 << 20).as_bytes()));
}

proptest! {
    #[test]
    fn whatever_is_accepted_serde_json_accepts(
        json in r#"([\[\]{},:"\\ 0-9.eE+\-a-fnrtul]|true|null|"a":|\\u00e9|\\ud83d|é){0,24}"#
    ) {
        if skips(json.as_bytes()) {
            prop_assert!(serde_json::from_str::<IgnoredAny>(&json).is_ok(), "{}", json);
        }
        if let Some(text) = Scanner::new(json.as_bytes()).text() {
            let mut json = serde_json::Deserializer::from_str(&json);
            let read = Option::<String>::deserialize(&mut json).unwrap();
            prop_assert_eq!(read.unwrap_or_default(), text.into_owned());
        }
    }

    #[test]
    fn strings_of_any_length_are_read_as_they_are(text in "\\PC{0,40}") {
        let json = serde_json::to_string(&text).unwrap();
        let read = Scanner::new(json.as_bytes()).text();
        prop_assert_eq!(read.as_deref(), Some(&*text));
        prop_assert!(skips(json.as_bytes()));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if skips(&bytes) {
            prop_assert!(serde_json::from_slice::<IgnoredAny>(&bytes).is_ok());
        }
    }
}
