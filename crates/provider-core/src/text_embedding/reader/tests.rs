use super::*;
use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

fn head() -> ResponseHead {
    ResponseHead {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-request-id".to_owned(), "r-1".to_owned()),
        ],
    }
}

fn read_pieces(texts: usize, asked: Option<u32>, pieces: &[&[u8]]) -> Result<Response, Error> {
    let mut reader = Reader::new(head(), Secrets::default(), texts, asked);
    pieces.iter().try_for_each(|piece| reader.push(piece))?;
    reader.end()
}

fn read(texts: usize, body: &str) -> Result<Response, Error> {
    read_pieces(texts, None, &[body.as_bytes()])
}

fn problem(texts: usize, body: &str) -> Error {
    let error = read(texts, body).expect_err(body);
    assert_eq!(error.status, Some(200));
    assert_eq!(error.request_id.as_deref(), Some("r-1"));
    assert!(error.request_sent);
    error
}

/// A list of vectors as OpenAI writes it.
fn list(items: &[(usize, String)]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|(index, vector)| {
            format!(r#"{{"object":"embedding","index":{index},"embedding":{vector}}}"#)
        })
        .collect();
    format!(
        r#"{{"object":"list","data":[{}],"model":"m","usage":{{"prompt_tokens":7,"total_tokens":7}}}}"#,
        items.join(",")
    )
}

fn floats(vector: &[f32]) -> String {
    serde_json::to_string(vector).unwrap()
}

fn base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    format!("\"{}\"", STANDARD.encode(bytes))
}

#[test]
fn floats_and_base64_are_both_read() {
    for write in [floats, base64] {
        let body = list(&[(0, write(&[0.5, -1.0])), (1, write(&[2.0, 1e-7]))]);
        let response = read(2, &body).unwrap();
        assert_eq!(response.dimensions, 2);
        assert_eq!(response.values, [0.5, -1.0, 2.0, 1e-7]);
        let usage = response.usage.unwrap();
        assert_eq!((usage.input_tokens, usage.total_tokens), (Some(7), Some(7)));
        assert_eq!(response.info.model.as_deref(), Some("m"));
    }
}

#[test]
fn vectors_come_back_in_the_order_of_their_texts() {
    let body = list(&[(2, "[3]".into()), (0, "[1]".into()), (1, "[2]".into())]);
    assert_eq!(read(3, &body).unwrap().values, [1.0, 2.0, 3.0]);
    let zeros = list(&[(0, "[3]".into()), (0, "[1]".into()), (0, "[2]".into())]);
    assert_eq!(read(3, &zeros).unwrap().values, [3.0, 1.0, 2.0]);
}

#[test]
fn dashscopes_own_form_is_read() {
    let body = r#"{"output":{"embeddings":[{"text_index":1,"embedding":[2]},
        {"text_index":0,"embedding":[1],"sparse_embedding":[{"index":7,"value":0.5}]}]},
        "usage":{"total_tokens":3},"request_id":"body-id"}"#;
    let response = read(2, body).unwrap();
    assert_eq!(response.values, [1.0, 2.0]);
    let usage = response.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.total_tokens), (None, Some(3)));
    assert_eq!(response.info.request_id.as_deref(), Some("r-1"));
}

#[test]
fn missing_usage_and_a_bare_list_do_no_harm() {
    for body in [
        r#"{"data":[{"embedding":[1]}],"usage":null}"#,
        r#"{"data":[{"embedding":[1]}],"usage":{}}"#,
        r#"[{"embedding":[1]}]"#,
    ] {
        let response = read(1, body).unwrap();
        assert_eq!((response.values, response.usage), (vec![1.0], None));
    }
}

#[test]
fn a_vector_that_is_none_is_an_error_that_counts_it() {
    for vector in [
        "[1,null]",
        "[1,NaN]",
        "[1,1e39]",
        "[1,1e999]",
        "[1,\"2\"]",
        "[]",
        "\"\"",
        "\"AACAPw\\n\"",
        "\"AA==\"",
        "\"AACAfw==\"",
        "null",
        "1",
        "{}",
        "[[1]]",
        "[1",
    ] {
        let body = list(&[(0, "[1,2]".into()), (1, vector.to_owned())]);
        let error = problem(2, &body);
        assert_eq!(error.kind, ErrorKind::Protocol);
        assert!(
            error.message.starts_with("vector 1 of the response") || vector == "[1",
            "{vector}: {}",
            error.message
        );
    }
}

#[test]
fn every_text_has_one_vector_of_the_same_length() {
    let (one, two) = ("[1]".to_owned(), "[1,2]".to_owned());
    for (body, said) in [
        (list(&[(0, one.clone())]), "1 vectors for 2 texts"),
        (
            list(&[(0, one.clone()), (1, one.clone()), (2, one.clone())]),
            "more than the requested 2",
        ),
        (list(&[(0, one.clone()), (1, two)]), "has 2 values"),
        (
            list(&[(1, one.clone()), (1, one.clone())]),
            "duplicate index",
        ),
        (list(&[(0, one.clone()), (2, one)]), "no index"),
    ] {
        let error = problem(2, &body);
        assert_eq!(error.kind, ErrorKind::Protocol);
        assert!(error.message.contains(said), "{}", error.message);
    }
}

#[test]
fn a_length_that_was_not_asked_for_is_an_error() {
    let body = list(&[(0, "[1,2]".into())]);
    assert!(read_pieces(1, Some(2), &[body.as_bytes()]).is_ok());
    let error = read_pieces(1, Some(3), &[body.as_bytes()]).unwrap_err();
    assert!(
        error.message.contains("the requested 3"),
        "{}",
        error.message
    );
}

#[test]
fn an_error_inside_a_good_response_is_the_servers_own() {
    for (body, kind) in [
        (
            r#"{"error":{"message":"no","code":"rate_limit_exceeded","details":[{"a":1}]}}"#,
            ErrorKind::RateLimited,
        ),
        (
            r#"{"code":"InvalidParameter","message":"no","request_id":"x"}"#,
            ErrorKind::BadRequest,
        ),
        (r#"{"detail":[{"msg":"no"}]}"#, ErrorKind::ServerUnavailable),
    ] {
        let error = problem(1, body);
        assert_eq!(error.kind, kind, "{body}");
        assert!(error.message.contains("no"), "{}", error.message);
    }
}

#[test]
fn what_is_no_list_of_vectors_is_told_by_its_start() {
    for (body, said) in [
        ("<html>\"Log in</html>", "starts with: <html>"),
        ("", "empty"),
        (" \n", "empty"),
        ("upstream said no", "starts with: upstream"),
        (r#"{"object":"list","data":[]}"#, "no vectors"),
        ("{}", "no vectors"),
    ] {
        let error = problem(1, body);
        assert_eq!(error.kind, ErrorKind::Protocol);
        assert!(error.message.contains(said), "{}", error.message);
        assert!(error.message.contains("endpoint_url"), "{}", error.message);
    }
}

#[test]
fn a_response_that_is_cut_off_never_passes_for_a_whole_one() {
    let body = list(&[(0, "[1,2]".into()), (1, base64(&[3.0, 4.0]))]);
    for end in 0..body.len() {
        assert_eq!(problem(2, &body[..end]).kind, ErrorKind::Protocol);
    }
}

#[test]
fn vectors_count_in_a_whole_document_and_at_their_place_alone() {
    const VECTOR: &str = r#"{"index":0,"embedding":[1.5,2]}"#;
    for body in [
        r#"{"data":[V}"#,
        r#"{"data":[V]}garbage"#,
        r#"{"data":[V]}{"error":{"message":"no"}}"#,
        "{data:[V,,]}",
        "[<html>V</html>]",
        r#"{"error":{"message":"no","details":[V]}}"#,
        r#"{"data":[],"trace":[V]}"#,
        r#"{"data":[V],"usage":{"prompt_tokens":}}"#,
        r#"{"data":[V],"error":{"message":"partial failure","code":500}}"#,
        // And what is like them.
        r#"{"data":[V],"error":"partial failure"}"#,
        r#"{"error":["no"],"data":[V]}"#,
        "[V]]",
        "[V",
        "[1V]",
        r#"["x"V]"#,
        r#"{"data":[V],}"#,
        r#"{"data":[V],"model":"\x"}"#,
        r#"{"output":{"data":[V]}}"#,
        r#"{"data":{"embeddings":[V]}}"#,
        r#"{"trace":[V]}"#,
        "[[V]]",
    ] {
        let error = problem(1, &body.replace('V', VECTOR));
        let is_known = matches!(
            error.kind,
            ErrorKind::Protocol | ErrorKind::ServerUnavailable
        );
        assert!(is_known, "{body}: {error:?}");
    }
    for body in [
        r#"{"data":[V]}"#,
        " [ V ] ",
        r#"{"embeddings":[V],"error":null}"#,
        r#"{"output":{"embeddings":[V]},"code":"","message":""}"#,
        r#"{"trace":[{"embedding":[7]}],"data":[V],"error":{}}"#,
    ] {
        let response = read(1, &body.replace('V', VECTOR)).expect(body);
        assert_eq!(response.values, [1.5, 2.0], "{body}");
    }
}

proptest! {
    #[test]
    fn no_cut_of_any_body_changes_what_is_read(
        at: prop::sample::Index,
        byte in prop_oneof![Just(b'"'), Just(b'}'), Just(b']'), Just(b' '), any::<u8>()],
        body in prop_oneof![
            Just("\u{feff}{\"model\":\"é\",\"data\":[{\"index\":1,\"embedding\":[1.5,-2e-3]}, {\"index\":0,\"embedding\":\"AACAPwAAAMA=\"}],\"usage\":{\"total_tokens\":3}}\n"),
            Just(r#"[{"embedding":[0.1,0.2]},{"embedding":[12345.678901234567890123,1]}]"#),
            Just(r#"{"error":{"message":"no \"[{\" ","details":[{"embedding":[1]}]}}"#),
        ],
        damaged: bool,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let mut body = body.as_bytes().to_vec();
        if damaged {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let whole = read_pieces(2, None, &[&body]);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len())).collect();
        ends.extend([0, body.len()]);
        ends.sort_unstable();
        let pieces: Vec<&[u8]> = ends.windows(2).map(|ends| &body[ends[0]..ends[1]]).collect();
        prop_assert_eq!(read_pieces(2, None, &pieces), whole.clone());
        let bytes: Vec<&[u8]> = body.chunks(1).collect();
        prop_assert_eq!(read_pieces(2, None, &bytes), whole);
    }

    #[test]
    fn neither_order_nor_pieces_nor_form_change_the_vectors(
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(),
        length in 1..9_usize,
        in_base64: bool,
        piece in 1..99_usize,
    ) {
        let vector = |index: usize| -> Vec<f32> {
            (0..length).map(|at| f32::from(u16::try_from(index * 16 + at).unwrap()) / 7.0).collect()
        };
        let write = if in_base64 { base64 } else { floats };
        let items: Vec<_> = order.iter().map(|index| (*index, write(&vector(*index)))).collect();
        let body = list(&items);
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(piece).collect();
        let response = read_pieces(9, None, &pieces).unwrap();
        let expected: Vec<f32> = (0..9).flat_map(vector).collect();
        prop_assert_eq!(response.values, expected);
    }

    #[test]
    fn no_response_makes_it_fail_otherwise_than_by_an_error(
        text in r#"[\[\]{}",:0-9a-z\\ ]{0,40}|\{"data":\[\{"embedding":[\[\]0-9,."eE{}-]{0,20}"#
    ) {
        let _ = read(2, &text);
    }
}
