//! Tests of the reader: framings, endings, errors; then any split and any cut
//! of streams that are complete.

use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::text_generation::FinishReason;
use crate::usage::Usage;

fn head(content_type: &str) -> ResponseHead {
    ResponseHead {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
    }
}

/// Everything that an answer has.
const ALL: ReaderOptions = ReaderOptions {
    reasoning: true,
    think_tags: true,
};

/// The events of a response that comes in these chunks, and how it ends.
fn read_chunks<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    end: BodyEnd,
) -> (Vec<Event>, Result<(), Error>) {
    let mut reader = Reader::new(head("text/event-stream"), Secrets::default(), ALL);
    let mut events = Vec::new();
    for chunk in chunks {
        if let Err(error) = reader.push(chunk, &mut events) {
            return (events, Err(error));
        }
    }
    let outcome = reader.end(end, &mut events);
    (events, outcome)
}

fn read(body: &str) -> Result<Vec<Event>, Error> {
    let (events, outcome) = read_chunks([body.as_bytes()], BodyEnd::Complete);
    outcome.map(|()| events)
}

fn kind_of(body: &str) -> ErrorKind {
    read(body).expect_err(body).kind
}

fn text(text: &str) -> Event {
    Event::Text(text.to_owned())
}

const STOP: Event = Event::Finish(FinishReason::Stop);

const STREAM: &str = concat!(
    "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
    "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"Grüß \"}}]}\n\n",
    "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"世界\\n🙂\"}}]}\n\n",
    "data: {\"model\":\"m\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}\n\n",
    "data: [DONE]\n\n",
);

/// What [`STREAM`] says, as one document.
const DOCUMENT: &str = r#"{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":
    {"role":"assistant","content":"Grüß 世界\n🙂"},"finish_reason":"stop"}],
    "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;

fn usage() -> Event {
    Event::Usage(Usage {
        input_tokens: Some(3),
        output_tokens: Some(2),
        total_tokens: Some(5),
        ..Usage::default()
    })
}

#[test]
fn a_stream_becomes_text_usage_and_finish() {
    assert_eq!(
        read(STREAM).unwrap(),
        [text("Grüß "), text("世界\n🙂"), usage(), STOP]
    );
}

#[test]
fn a_document_gives_the_same_answer_as_a_stream() {
    assert_eq!(
        read(DOCUMENT).unwrap(),
        [text("Grüß 世界\n🙂"), usage(), STOP]
    );
}

#[test]
fn blank_lines_and_a_byte_order_mark_may_come_first() {
    assert_eq!(read(&format!("\n\n \n{DOCUMENT}")).unwrap().len(), 3);
    assert_eq!(read(&format!("\u{feff}{DOCUMENT}")).unwrap().len(), 3);
    assert_eq!(read(&format!("\u{feff}{STREAM}")).unwrap().len(), 4);
    assert_eq!(
        read(&format!("{}{STREAM}", "\n".repeat(2000)))
            .unwrap()
            .len(),
        4
    );
}

#[test]
fn reasoning_is_taken_from_either_field_and_only_once() {
    let both = r#"data: {"choices":[{"delta":{"reasoning":"hm","reasoning_content":"hm","content":"a"},"finish_reason":"stop"}]}"#;
    assert_eq!(
        read(both).unwrap(),
        [Event::Reasoning("hm".into()), text("a"), STOP]
    );
    let vllm = r#"data: {"choices":[{"delta":{"reasoning":"hm","reasoning_content":null},"finish_reason":"stop"}]}"#;
    assert_eq!(read(vllm).unwrap(), [Event::Reasoning("hm".into()), STOP]);
}

#[test]
fn a_stream_cut_before_finish_is_an_error() {
    let cut = STREAM
        .find("data: {\"model\":\"m\",\"choices\":[{\"delta\":{},")
        .unwrap();
    let (events, outcome) = read_chunks([&STREAM.as_bytes()[..cut]], BodyEnd::Complete);
    assert_eq!(events, [text("Grüß "), text("世界\n🙂")]);
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Protocol);
}

#[test]
fn a_broken_transport_is_an_error_only_before_the_finish_reason() {
    let broken = || BodyEnd::Broken(Error::after_sending(ErrorKind::Connection, "reset"));
    let done = STREAM.find("data: [DONE]").unwrap();
    let (events, outcome) = read_chunks([&STREAM.as_bytes()[..done]], broken());
    assert_eq!((events.len(), outcome), (4, Ok(())));
    let (_, outcome) = read_chunks([&STREAM.as_bytes()[..200]], broken());
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Connection);
}

#[test]
fn an_end_mark_completes_an_answer_without_a_finish_reason() {
    let body = "data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata:[DONE]";
    assert_eq!(read(body).unwrap(), [text("a"), STOP]);
}

#[test]
fn the_end_of_the_body_completes_an_answer_with_a_finish_reason() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}";
    assert_eq!(
        read(body).unwrap(),
        [text("a"), Event::Finish(FinishReason::Length)]
    );
}

#[test]
fn nothing_is_read_behind_the_end_mark() {
    let body = format!(
        "{STREAM}data: {{\"choices\":[{{\"delta\":{{\"content\":\"late\"}}}}]}}\n\ndata: nonsense\n\n"
    );
    assert_eq!(read(&body).unwrap().len(), 4);
}

#[test]
fn usage_is_overwritten_and_never_summed() {
    let body = concat!(
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n",
        "data: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n",
    );
    assert_eq!(read(body).unwrap(), [text("a"), usage(), STOP]);
}

#[test]
fn keep_alives_in_any_dress_are_no_events() {
    let body = format!(": ping\n\ndata: : keepalive\n\ndata:\n\nid: 7\n\nretry: 1\n\n{STREAM}");
    assert_eq!(read(&body).unwrap().len(), 4);
}

#[test]
fn doubled_field_names_and_lost_blank_lines_are_forgiven() {
    let body = "data: data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\ndata: [DONE]\n\n";
    assert_eq!(read(body).unwrap(), [text("a"), text("b"), STOP]);
}

#[test]
fn errors_inside_a_stream_are_errors() {
    for (body, kind) in [
        (
            "data: {\"error\":{\"message\":\"no\",\"code\":\"rate_limit_exceeded\"}}\n\n",
            ErrorKind::RateLimited,
        ),
        ("data: {\"error\":\"no\"}\n\n", ErrorKind::ServerUnavailable),
        (
            "event:error\n:HTTP_STATUS/400\ndata:{\"code\":\"InvalidParameter\",\"message\":\"no\"}\n\n",
            ErrorKind::BadRequest,
        ),
        (
            "data: {\"code\":\"Throttling.RateQuota\",\"message\":\"no\"}\n\n",
            ErrorKind::RateLimited,
        ),
        (
            "{\"error\":{\"message\":\"no\"}}",
            ErrorKind::ServerUnavailable,
        ),
        (
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}],\"error\":{\"message\":\"no\"}}\n\n",
            ErrorKind::ServerUnavailable,
        ),
    ] {
        assert_eq!(kind_of(body), kind, "{body}");
    }
}

#[test]
fn an_error_member_that_says_nothing_is_no_error() {
    let body =
        r#"data: {"error":null,"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#;
    assert_eq!(read(body).unwrap(), [text("a"), STOP]);
}

#[test]
fn what_is_no_answer_is_a_protocol_error_that_shows_its_start() {
    for body in [
        "<html><title>Log in</title></html>",
        "upstream says hello",
        "{\"hello\":\"world\"}",
        "{\"choices\":null}",
        "data: [DONE]\n\n",
        "data: {'error': 'x'}\n\n",
        "[1,2]",
    ] {
        let error = read(body).expect_err(body);
        assert_eq!(error.kind, ErrorKind::Protocol, "{body}");
        assert!(
            error.message.contains(&body[..5]),
            "{body}: {}",
            error.message
        );
        assert!(
            error.message.contains("endpoint_url"),
            "{body}: {}",
            error.message
        );
    }
    assert_eq!(kind_of(""), ErrorKind::Protocol);
    assert_eq!(kind_of(" \n"), ErrorKind::Protocol);
}

#[test]
fn empty_stubs_of_calls_are_none() {
    for stub in [
        "\"tool_calls\":null",
        "\"tool_calls\":[]",
        "\"function_call\":{\"name\":\"\",\"arguments\":\"\"}",
    ] {
        let body = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\",{stub}}},\"finish_reason\":\"stop\"}}]}}"
        );
        assert_eq!(read(&body).unwrap(), [text("a"), STOP], "{stub}");
    }
}

#[test]
fn a_body_that_ends_within_a_document_was_cut_off() {
    for cut in 1..DOCUMENT.len() {
        let (_, outcome) = read_chunks([&DOCUMENT.as_bytes()[..cut]], BodyEnd::Complete);
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Protocol, "{cut}");
    }
}

#[test]
fn the_marks_of_cache_and_guard_are_noted() {
    let mut reader = Reader::new(head("text/event-stream"), Secrets::default(), ALL);
    let body = "data:{\"model\":\"from-cache\",\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n";
    reader.push(body.as_bytes(), &mut Vec::new()).unwrap();
    assert!(reader.info().gateway.cached);
}

#[test]
fn a_document_beyond_the_bound_is_an_error() {
    let mut reader = Reader::new(head("application/json"), Secrets::default(), ALL);
    reader.push(b"{\"x\":\"", &mut Vec::new()).unwrap();
    let outcome = (0..17).try_for_each(|_| reader.push(&vec![b'x'; 1 << 20], &mut Vec::new()));
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Protocol);
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let body = format!(
        "data: {{\"choices\":{}{}}}\n\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(kind_of(&body), ErrorKind::Protocol);
}

#[test]
fn what_a_server_states_in_place_of_the_rest_is_the_error() {
    let part = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    let native = "data: {\"output\":{\"text\":\"a\",\"finish_reason\":\"null\"}}\n\n";
    for (before, statement, kind) in [
        (part, r#"{"detail":"down"}"#, ErrorKind::ServerUnavailable),
        (
            part,
            r#"{"object":"error","message":"down","code":null}"#,
            ErrorKind::ServerUnavailable,
        ),
        ("", r#"{"detail":"down"}"#, ErrorKind::ServerUnavailable),
        (
            native,
            r#"{"code":"Throttling","message":"down","output":{"text":"","choices":[]}}"#,
            ErrorKind::RateLimited,
        ),
    ] {
        for end in ["", "data: [DONE]\n\n"] {
            let body = format!("{before}data: {statement}\n\n{end}");
            let error = read(&body).expect_err(&body);
            assert_eq!(error.kind, kind, "{body}");
            assert!(error.message.contains("down"), "{}", error.message);
        }
    }
    // It is no failure where the answer goes on, or is complete.
    let notice = "data: {\"message\":\"queued\"}\n\n";
    let finished = part.replace("}}]}", "},\"finish_reason\":\"stop\"}]}");
    for body in [
        format!("{notice}{part}data: [DONE]\n\n"),
        format!("{finished}{notice}"),
    ] {
        assert_eq!(read(&body).expect(&body), [text("a"), STOP]);
    }
}

/// Every way to end, and every cut: an error, or the whole text.
#[test]
fn a_cut_at_any_byte_is_an_error_or_the_complete_answer() {
    for cut in 0..STREAM.len() {
        let (events, outcome) = read_chunks([&STREAM.as_bytes()[..cut]], BodyEnd::Complete);
        if outcome.is_ok() {
            let texts: Vec<&Event> = events
                .iter()
                .filter(|event| matches!(event, Event::Text(_)))
                .collect();
            assert_eq!(texts, [&text("Grüß "), &text("世界\n🙂")], "{cut}");
            assert_eq!(events.last(), Some(&STOP), "{cut}");
        }
    }
}

#[test]
fn every_split_in_two_gives_the_same_events() {
    let crlf = STREAM.replace("\n\n", "\r\n\r\n");
    for body in [STREAM, &crlf, DOCUMENT] {
        let whole = read(body).unwrap();
        for cut in 0..body.len() {
            let (first, second) = body.as_bytes().split_at(cut);
            assert_eq!(
                read_chunks([first, second], BodyEnd::Complete),
                (whole.clone(), Ok(())),
                "{cut}"
            );
        }
        assert_eq!(
            read_chunks(body.as_bytes().chunks(1), BodyEnd::Complete),
            (whole, Ok(()))
        );
    }
}

/// A body and how it ends are the same for any cut.
fn check_cuts(body: &[u8], cuts: &[prop::sample::Index]) {
    let whole = read_chunks([body], BodyEnd::Complete);
    let mut edges: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    edges.sort_unstable();
    edges.push(body.len());
    let mut start = 0;
    let mut chunks = Vec::new();
    for edge in edges {
        chunks.push(&body[start..edge]);
        start = edge;
    }
    let shown = String::from_utf8_lossy(body);
    assert_eq!(read_chunks(chunks, BodyEnd::Complete), whole, "{shown}");
    let single = body.chunks(1);
    assert_eq!(read_chunks(single, BodyEnd::Complete), whole, "{shown}");
}

#[test]
fn whitespace_and_byte_order_marks_before_a_body_may_be_cut_anywhere() {
    let mark = "\u{feff}";
    for body in [
        format!("{mark}{DOCUMENT}"),
        format!("{mark} \n{DOCUMENT}"),
        format!(" {mark}{DOCUMENT}"),
        format!("{mark}{mark}{STREAM}"),
        format!("{mark}{STREAM}"),
        format!(" {STREAM}"),
        format!("\r\n {STREAM}"),
        format!("{mark} {STREAM}"),
        format!("{mark}\r\n\t{DOCUMENT}"),
    ] {
        let body = body.as_bytes();
        let whole = read_chunks([body], BodyEnd::Complete);
        for first in 0..12 {
            for second in first..12 {
                let chunks = [&body[..first], &body[first..second], &body[second..]];
                assert_eq!(read_chunks(chunks, BodyEnd::Complete), whole);
            }
        }
    }
    let cut_mark = &mark.as_bytes()[..2];
    let body = [cut_mark, DOCUMENT.as_bytes()].concat();
    assert!(read_chunks([&*body], BodyEnd::Complete).1.is_err());
}

#[test]
fn several_documents_in_one_event_are_read_like_several_events() {
    let chunk = |text: &str| format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}}}}]}}"#);
    let end = r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    for between in ["", " ", "\ndata: ", "\ndata: data:"] {
        let body = format!(
            "data: {}{between}{}{between}{end}{between}[DONE]\n\n",
            chunk("a"),
            chunk("b")
        );
        assert_eq!(read(&body).unwrap(), [text("a"), text("b"), STOP], "{body}");
    }
    let body = format!("data: {}garbage\n\n", chunk("a"));
    assert_eq!(kind_of(&body), ErrorKind::Protocol);
}

#[test]
fn a_failed_generation_is_an_error_after_its_text() {
    for reason in ["error", "abort", "MALFORMED_FUNCTION_CALL"] {
        let body = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"half <\"}},\"finish_reason\":\"{reason}\"}}]}}\n\ndata: [DONE]\n\n"
        );
        let (events, outcome) = read_chunks([body.as_bytes()], BodyEnd::Complete);
        let said: String = events
            .iter()
            .map(|event| match event {
                Event::Text(text) => text.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(said, "half <", "{reason}");
        let error = outcome.unwrap_err();
        assert_eq!(error.code.as_deref(), Some(reason));
        assert_eq!(error.kind, ErrorKind::ServerUnavailable);
    }
}

#[test]
fn usage_in_a_vendors_extension_is_usage() {
    let body = concat!(
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],",
        "\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}}\n\n",
    );
    assert_eq!(read(body).unwrap(), [text("a"), usage(), STOP]);
}

/// What bodies are made of, chosen to meet at awkward places.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => Just(&b"data: {\"choices\":[{\"delta\":{\"content\":\"\xe6\x97\xa5<think>a\"}}]}\n\n"[..]),
        2 => Just(&b"data: {\"choices\":[{\"delta\":{\"reasoning\":\"r\",\"signature\":\"s\"}}]}\r\n\r\n"[..]),
        1 => Just(&b"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n"[..]),
        2 => Just(&b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\r"[..]),
        1 => Just(&b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n"[..]),
        2 => Just(&b"data: [DONE]\n\n"[..]),
        2 => Just(&b"{\"choices\":[{\"message\":{\"content\":\"a</think>b\"}}]}"[..]),
        1 => Just(&b"{\"error\":{\"message\":\"no\"}}"[..]),
        1 => Just(&b"event: error\n"[..]),
        1 => Just(&b": ping\n"[..]),
        1 => Just(&b"data"[..]),
        1 => Just(&b"data:"[..]),
        2 => Just(&b" "[..]),
        2 => Just(&b"\n"[..]),
        1 => Just(&b"\r\n"[..]),
        1 => Just(&b"\r"[..]),
        2 => Just(&b"\xef\xbb\xbf"[..]),
        1 => Just(&b"\xef\xbb"[..]),
        1 => Just(&b"\xff"[..]),
        1 => Just(&b"{"[..]),
        1 => Just(&b"<html>"[..]),
        1 => Just(&b"["[..]),
    ];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_cut_of_any_body_gives_the_same_events_and_outcome(
        body in body(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        check_cuts(&body, &cuts);
    }

    #[test]
    fn any_cut_of_any_bytes_gives_the_same_events_and_outcome(
        body in proptest::collection::vec(
            prop_oneof![prop::sample::select(&b" \r\n:{}[]\"\\\xef\xbb\xbfdata<"[..]), any::<u8>()],
            0..60,
        ),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        check_cuts(&body, &cuts);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300), brace in any::<bool>()) {
        let mut body = if brace { b"{".to_vec() } else { b"data: ".to_vec() };
        body.extend(bytes);
        let _ = read_chunks(body.chunks(7), BodyEnd::Complete);
    }
}
