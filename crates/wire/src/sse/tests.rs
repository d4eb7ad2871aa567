//! Tests of the decoder: the standard's rules one by one, then any split.

use proptest::prelude::*;

use super::*;

/// The events as (name, data), when the bytes come in these chunks.
fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<(String, String)> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    let mut collect = |event: Event<'_>| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        events.push((text(event.name), text(event.data)));
    };
    for mut bytes in chunks {
        while let Some(event) = decoder.next(&mut bytes).unwrap() {
            collect(event);
        }
    }
    if let Some(event) = decoder.last().unwrap() {
        collect(event);
    }
    events
}

/// Takes bytes in which no event ends.
fn push(decoder: &mut Decoder, mut bytes: &[u8]) -> Result<(), EventTooLarge> {
    assert_eq!(decoder.next(&mut bytes)?, None);
    Ok(())
}

fn data_of(stream: &str) -> Vec<String> {
    decode([stream.as_bytes()])
        .into_iter()
        .map(|(_, data)| data)
        .collect()
}

#[test]
fn every_line_ending_ends_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = format!("data: a{end}{end}data: b{end}{end}");
        assert_eq!(data_of(&stream), ["a", "b"], "{end:?}");
    }
}

#[test]
fn one_space_after_the_colon_is_dropped_and_no_more() {
    assert_eq!(
        data_of("data:a\n\ndata: a\n\ndata:  a\n\n"),
        ["a", "a", " a"]
    );
}

#[test]
fn lines_of_data_are_joined_by_a_line_feed() {
    assert_eq!(data_of("data: a\ndata\ndata: b\n\n"), ["a\n\nb"]);
}

#[test]
fn an_event_without_data_is_not_dispatched() {
    assert_eq!(
        data_of("id: 1\n\nretry: 5\n\nevent: x\n\n: ping\n\ndata: a\n\n"),
        ["a"]
    );
}

#[test]
fn an_empty_data_line_is_an_event() {
    assert_eq!(data_of("data\n\ndata:\n\n"), ["", ""]);
}

#[test]
fn comments_ids_and_unknown_fields_are_ignored() {
    assert_eq!(
        data_of(": hello\nid: 1\nfoo: bar\ndatax: no\ndata: a\n: end\n\n"),
        ["a"]
    );
}

#[test]
fn the_last_event_name_counts_and_does_not_outlive_its_event() {
    let events = decode([b"event: a\nevent: error\ndata: 1\n\ndata: 2\n\n".as_slice()]);
    assert_eq!(
        events,
        [("error".into(), "1".into()), (String::new(), "2".into())]
    );
}

#[test]
fn a_byte_order_mark_is_dropped_at_the_start_alone() {
    assert_eq!(data_of("\u{feff}data: a\n\n\u{feff}data: b\n\n"), ["a"]);
    assert_eq!(data_of("\u{feff}: comment\ndata: a\n\n"), ["a"]);
    assert_eq!(data_of("\u{feff}\ndata: a\n\n"), ["a"]);
}

#[test]
fn an_event_left_open_by_the_end_of_the_body_is_dispatched() {
    assert_eq!(data_of("data: a\n\ndata: [DONE]"), ["a", "[DONE]"]);
    assert_eq!(data_of("data: a\n"), ["a"]);
    assert_eq!(data_of("data"), [""]);
}

#[test]
fn a_line_that_starts_with_a_brace_is_data() {
    assert_eq!(data_of("{\"a\": 1}\n\n"), ["{\"a\": 1}"]);
    assert_eq!(data_of("\u{feff}{\"a\": 1}\n\n"), ["{\"a\": 1}"]);
    assert_eq!(data_of("data: x\n{\"a\": 1}\n\n"), ["x\n{\"a\": 1}"]);
}

#[test]
fn an_event_that_is_handed_out_is_buffered_no_more() {
    let mut decoder = Decoder::default();
    let mut bytes = b"data: ab\n\ndata: c".as_slice();
    assert!(decoder.next(&mut bytes).unwrap().is_some());
    assert_eq!(decoder.buffered_bytes(), 0);
    assert_eq!(decoder.next(&mut bytes), Ok(None));
    assert_eq!(decoder.buffered_bytes(), 1);
}

#[test]
fn an_event_beyond_the_bound_is_an_error() {
    let mut decoder = Decoder::default();
    let mebibyte = vec![b'x'; 1 << 20];
    push(&mut decoder, b"data: ").unwrap();
    for _ in 0..16 {
        push(&mut decoder, &mebibyte).unwrap();
    }
    assert!(push(&mut decoder, b"x").is_err());
}

#[test]
fn empty_lines_of_data_are_bounded_too() {
    let limit = 1 << 10;
    let mut decoder = Decoder::with_limit(limit);
    // The first line adds no line feed to the data.
    assert!(push(&mut decoder, &b"data\n".repeat(limit)).is_ok());
    assert!(push(&mut decoder, &b"data\n".repeat(2)).is_err());
}

#[test]
fn comments_and_names_of_any_length_take_no_memory() {
    let mut decoder = Decoder::default();
    for line in [": ", "event: ", "z"] {
        push(&mut decoder, line.as_bytes()).unwrap();
        for _ in 0..100 {
            push(&mut decoder, &[b'x'; 10_000]).unwrap();
        }
        push(&mut decoder, b"\n").unwrap();
    }
    assert!(decoder.name.capacity() + decoder.field.capacity() + decoder.data.capacity() < 1024);
}

/// Pieces that streams are made of, chosen to meet at awkward places.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("data: "),
        Just("data:"),
        Just("data"),
        Just("event: error"),
        Just(": ping"),
        Just("id: 1"),
        Just("\n"),
        Just("\r"),
        Just("\r\n"),
        Just("\n\n"),
        Just("{\"a\":\"日本語🙂\"}"),
        Just("[DONE]"),
        Just(" "),
        Just(":"),
        Just("\u{feff}"),
        Just("é"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events(
        stream in stream(),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let whole = decode([stream.as_slice()]);
        let mut edges: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        edges.sort_unstable();
        edges.push(stream.len());
        let mut start = 0;
        let mut chunks = Vec::new();
        for edge in edges {
            chunks.push(&stream[start..edge]);
            start = edge;
        }
        prop_assert_eq!(&decode(chunks), &whole);
        prop_assert_eq!(&decode(stream.chunks(1)), &whole);
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        decode(bytes.chunks(3));
    }
}
