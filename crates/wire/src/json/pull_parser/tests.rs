use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::*;

fn read(json: &[u8]) -> Result<(), ParseError> {
    let mut json = PullParser::new(json)?;
    json.skip()?;
    json.end()
}

/// A document of every kind of value, with and without whitespace.
fn document() -> impl Strategy<Value = String> {
    let text = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![
        r"null|true|false|0|-1|1\.5e-3",
        text,
        r#""(\\[bfnrt/"\\]|\\u00[0-9a-fA-F]{2}|[a-z日]){0,12}""#,
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = proptest::collection::vec((" ?[\n\t]?", inner), 0..4);
        (items, any::<bool>()).prop_map(|(items, is_object)| {
            let name = if is_object { "\"a\\n\" :" } else { "" };
            let items = items
                .iter()
                .map(|(space, item)| format!("{space}{name}{space}{item}{space}"));
            let items = items.collect::<Vec<_>>().join(",");
            if is_object {
                format!("{{{items}}}")
            } else {
                format!("[{items}]")
            }
        })
    })
}

/// Whether `serde_json` takes a document.
fn is_json(json: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(json).is_ok()
}

#[test]
fn halves_of_surrogate_pairs_are_passed_over_and_not_read() {
    for json in [
        r#""\ud83d""#,
        r#""\ude42""#,
        r#""\ud83d\ud83d""#,
        r#""\ud83dx""#,
        r#""\ud83d\n""#,
    ] {
        assert_eq!(read(json.as_bytes()), Ok(()), "{json}");
        assert_eq!(
            PullParser::of_text(json).string(),
            Err(ParseError::Malformed)
        );
    }
    assert_eq!(
        PullParser::of_text(r#""\ud83d\ude42""#).string().unwrap(),
        "🙂"
    );
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(nested(127).as_bytes()), Ok(()));
    assert_eq!(read(nested(128).as_bytes()), Err(ParseError::Malformed));
}

#[test]
fn documents_may_stand_behind_each_other() {
    let mut json = PullParser::of_text(" {\"a\":1}[2]\n");
    assert_eq!(json.value().unwrap().get(), "{\"a\":1}");
    assert_eq!(json.position(), 8);
    assert_eq!(json.value().unwrap().get(), "[2]");
    assert!(json.is_at_end());
}

#[test]
fn what_ends_too_soon_is_told_from_what_is_wrong() {
    for (json, fault) in [
        ("", ParseError::Truncated),
        ("nul", ParseError::Truncated),
        ("nil", ParseError::Malformed),
        ("{\"a\"", ParseError::Truncated),
        ("{\"a\",", ParseError::Malformed),
        ("{\"a\":1,}", ParseError::Malformed),
        ("{a:1}", ParseError::Malformed),
        ("[1,]", ParseError::Malformed),
        ("[,1]", ParseError::Malformed),
        ("[1 2]", ParseError::Malformed),
        ("[1}", ParseError::Malformed),
        ("\"\\x\"", ParseError::Malformed),
        ("\"a\nb\"", ParseError::Malformed),
        ("1.", ParseError::Truncated),
        ("1.x", ParseError::Malformed),
        ("01", ParseError::Malformed),
        ("1 1", ParseError::Malformed),
    ] {
        assert_eq!(read(json.as_bytes()), Err(fault), "{json}");
    }
    assert_eq!(read(b"\"\xe4\xb8"), Err(ParseError::Truncated));
    assert_eq!(read(b"\"\xe4\xb8\""), Err(ParseError::Malformed));
}

proptest! {
    #[test]
    fn documents_are_read_and_each_start_of_one_is_truncated(json in document()) {
        prop_assert_eq!(read(json.as_bytes()), Ok(()));
        for end in 0..json.len() {
            let start = &json.as_bytes()[..end];
            let expected = if is_json(start) { Ok(()) } else { Err(ParseError::Truncated) };
            prop_assert_eq!(read(start), expected, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn what_is_changed_is_read_where_serde_json_reads_it(
        json in document(),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(&b"\"\\{}[]:,0-.eu \x1f"[..])],
    ) {
        let mut json = json.into_bytes();
        let at = at.index(json.len());
        json[at] = byte;
        if core::str::from_utf8(&json).is_ok() {
            prop_assert_eq!(read(&json).is_ok(), is_json(&json), "{}", String::from_utf8_lossy(&json));
        }
    }

    #[test]
    fn no_bytes_make_it_fail_otherwise(json: Vec<u8>, text in r#"[\[\]{}",:0-9a-eut\\ .-]{0,30}"#) {
        let _ = read(&json);
        prop_assert_eq!(read(text.as_bytes()).is_ok(), is_json(text.as_bytes()), "{}", text);
    }

    #[test]
    fn texts_are_those_that_serde_json_reads(
        text in r#""([a-z日\x7f ]{0,9}|\\[bfnrt/"\\]|\\u[dD][89a-fA-F]3[dD]|\\u[0-9a-fA-F]{4}){0,6}""#
    ) {
        let expected = serde_json::from_str::<String>(&text).ok();
        let ours = PullParser::of_text(&text).string().ok().map(Cow::into_owned);
        prop_assert_eq!(ours, expected);
    }
}
