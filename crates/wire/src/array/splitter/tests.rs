use super::*;
use proptest::prelude::*;

/// The items that are objects with an `e`, and the skeleton.
fn split(pieces: &[&[u8]]) -> Result<(Vec<String>, String, bool), PartTooLarge> {
    let mut splitter = ArraySplitter::new(&[&[], &["data"], &["output", "list"]]);
    let mut items = Vec::new();
    for mut bytes in pieces.iter().copied() {
        while splitter.next(&mut bytes)? {
            let item = String::from_utf8_lossy(splitter.item()).into_owned();
            if item.contains("\"e\"") {
                items.push(item);
                splitter.resolve(Disposition::Taken)?;
            } else {
                splitter.resolve(Disposition::Left)?;
            }
        }
    }
    let skeleton = String::from_utf8_lossy(splitter.skeleton()).into_owned();
    Ok((items, skeleton, splitter.is_whole()))
}

const RESPONSE: &str =
    r#"{"a":"[{\"","data":[{"e":[1,2],"o":{"}":"\\"}}, {"e":"\"}{"}],"d":[{"e":1}]} "#;

#[test]
fn items_are_taken_out_and_the_rest_is_a_document() {
    let (items, skeleton, is_whole) = split(&[RESPONSE.as_bytes()]).unwrap();
    assert_eq!(items, [r#"{"e":[1,2],"o":{"}":"\\"}}"#, r#"{"e":"\"}{"}"#]);
    assert_eq!(skeleton, r#"{"a":"[{\"","data":[{}, {}],"d":[{"e":1}]} "#);
    assert!(is_whole);
}

#[test]
fn items_stand_in_arrays_at_known_places_alone() {
    for (document, count) in [
        (r#"[{"e":1},{"e":2}]"#, 2),
        (r#"{"output":{"x":1,"list":[{"e":1}]}}"#, 1),
        (r#"{"output":[{"list":[{"e":1}]}]}"#, 0),
        (r#"{"output":{"data":[{"e":1}]},"list":[{"e":1}]}"#, 0),
        (r#"{"data":[[{"e":1}]],"x":["data",[{"e":1}]]}"#, 0),
        (r#"{"data":{"e":[{"e":1}]},"error":{"data":[{"e":1}]}}"#, 0),
        (r#"[[{"e":1}]]"#, 0),
    ] {
        let (items, _, _) = split(&[document.as_bytes()]).unwrap();
        assert_eq!(items.len(), count, "{document}");
    }
}

#[test]
fn a_document_that_is_cut_off_is_not_whole() {
    for end in 0..RESPONSE.len() - 2 {
        let (_, skeleton, is_whole) = split(&[&RESPONSE.as_bytes()[..end]]).unwrap();
        assert!(!is_whole || skeleton.is_empty(), "{end}: {skeleton}");
    }
}

#[test]
fn what_is_too_large_or_too_deep_is_an_error() {
    let deep = "[".repeat(MAX_DEPTH + 1);
    let long_shell = format!("[{}", "1,".repeat(MAX_SKELETON_BYTES));
    let long_item = format!("[{{\"e\":[{}", "1,".repeat(MAX_ITEM_BYTES));
    for document in [deep, long_shell, long_item] {
        assert!(split(&[document.as_bytes()]).is_err());
    }
}

proptest! {
    #[test]
    fn a_document_is_valid_if_its_skeleton_and_items_are(
        document in r#"[ ,]?\{("data":\[([\]\[{},:0-9"e ]|\{"e":1\}){0,8}\]|[\]\[{},:0-9"e ]){0,4}\}[ ,]?"#
    ) {
        let is_valid = |json: &str| serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok();
        if let Ok((items, skeleton, _)) = split(&[document.as_bytes()]) {
            let parts = is_valid(&skeleton) && items.iter().all(|item| is_valid(item));
            prop_assert_eq!(parts, is_valid(&document), "{} {}", document, skeleton);
        }
    }

    #[test]
    fn the_pieces_do_not_matter(cuts in proptest::collection::vec(0..RESPONSE.len(), 0..6)) {
        let mut cuts = cuts;
        cuts.extend([0, RESPONSE.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts
            .windows(2)
            .map(|ends| &RESPONSE.as_bytes()[ends[0]..ends[1]])
            .collect();
        let (items, skeleton, is_whole) = split(&pieces).unwrap();
        let whole = split(&[RESPONSE.as_bytes()]).unwrap();
        prop_assert_eq!((items, skeleton, is_whole), whole);
    }

    #[test]
    fn no_bytes_make_it_fail_otherwise_than_by_an_error(bytes: Vec<u8>) {
        let _ = split(&[&bytes]);
    }
}
