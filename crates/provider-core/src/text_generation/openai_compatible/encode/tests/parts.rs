//! Tests of parts: cache points, parts of the backend's protocol, words that are
//! sent as given.

use super::*;
use crate::text_generation::ImageDetail;

fn point(ttl: Option<&str>) -> ContentPart {
    ContentPart::CachePoint(CachePoint {
        ttl: ttl.map(str::to_owned),
    })
}

fn part(text: &str) -> ContentPart {
    ContentPart::Text(text.to_owned())
}

fn other(json: &str) -> ContentPart {
    ContentPart::Other(json.to_owned())
}

fn asking(content: Vec<ContentPart>) -> Request {
    Request {
        messages: vec![Message::User(ContentMessage {
            content,
            name: None,
        })],
        ..Request::default()
    }
}

const MEDIA: (&str, &str) = ("multimodal_support", "support");

/// The content of the only message, as it is sent.
fn content(content: Vec<ContentPart>) -> Result<String, Error> {
    let body = sent(&[MEDIA], &asking(content))?;
    let start = r#"{"model":"m","messages":[{"role":"user","content":"#;
    let content = body.strip_prefix(start).unwrap();
    Ok(content.strip_suffix("}]").unwrap().to_owned())
}

#[test]
fn a_cache_point_marks_the_part_before_it() {
    let medium = || {
        ContentPart::Media(Media {
            kind: MediaKind::Image,
            source: MediaSource::Bytes(b"abc".to_vec()),
            mime_type: Some("image/png".to_owned()),
            detail: Some(ImageDetail::Other("original".to_owned())),
            file_name: None,
        })
    };
    for (parts, expected) in [
        (
            vec![part("a"), point(None)],
            r#"[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#,
        ),
        (
            vec![part("a"), point(Some("1h")), part("b")],
            r#"[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}]"#,
        ),
        (
            vec![medium(), point(None)],
            r#"[{"type":"image_url","image_url":{"url":"data:image/png;base64,YWJj","detail":"original"},"cache_control":{"type":"ephemeral"}}]"#,
        ),
        (
            vec![other(r#"{"type":"x", "n":1e2 }"#), point(Some("5m"))],
            r#"[{"type":"x", "n":1e2,"cache_control":{"type":"ephemeral","ttl":"5m"}}]"#,
        ),
    ] {
        assert_eq!(content(parts).unwrap(), expected);
    }
}

#[test]
fn a_cache_point_marks_parts_of_every_role() {
    let marked = || vec![part("a"), point(None)];
    let named = |content| ContentMessage {
        content,
        name: None,
    };
    let request = Request {
        messages: vec![
            Message::System(named(marked())),
            Message::Developer(named(marked())),
            Message::Assistant(AssistantMessage {
                content: marked(),
                tool_calls: vec![call("1", "f", "{}")],
                ..AssistantMessage::default()
            }),
            Message::Tool(ToolMessage {
                tool_call_id: "1".to_owned(),
                content: marked(),
            }),
        ],
        ..Request::default()
    };
    let body = sent(&[TOOLS], &request).unwrap();
    let mark = r#""content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#;
    assert_eq!(body.matches(mark).count(), 4, "{body}");
}

#[test]
fn a_cache_point_without_a_part_of_its_own_is_refused() {
    for (parts, at) in [
        (vec![point(None)], 0),
        (vec![point(None), part("a")], 0),
        (vec![part("a"), point(None), point(Some("1h"))], 2),
        (
            vec![
                part("a"),
                other(r#"{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}"#),
                point(None),
            ],
            2,
        ),
        (vec![other("{}"), point(None), point(None)], 2),
    ] {
        let error = content(parts).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        let field = format!("messages[0].content[{at}]");
        assert_eq!(error.field.as_deref(), Some(&*field));
        assert!(error.message.starts_with(&field), "{}", error.message);
    }
}

#[test]
fn a_prompt_has_no_cache_points() {
    let request = asking(vec![point(None), part("a"), point(None), part("b")]);
    let body = sent(&[("completion_mode", "completion")], &request).unwrap();
    assert!(body.ends_with(r#""prompt":"ab""#), "{body}");
}

#[test]
fn parts_of_the_backend_are_sent_unchanged() {
    let json = r#"{"type":"input_video", "fps" : 2.50,"n":18446744073709551616}"#;
    let padded = format!(" {json}\n");
    let sent = content(vec![other(&padded), part("a")]).unwrap();
    assert_eq!(sent, format!(r#"[{json},{{"type":"text","text":"a"}}]"#));
}

#[test]
fn parts_of_the_backend_are_enabled_by_the_form_unless_they_are_texts() {
    let text = r#"{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}"#;
    let body = sent(&[], &asking(vec![other(text)])).unwrap();
    assert!(body.contains(text), "{body}");
    for json in [r#"{"type":"input_video"}"#, "{}", r#"{"type":{"a":1}}"#] {
        let error = sent(&[], &asking(vec![other(json)])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported, "{json}");
        assert_eq!(error.field.as_deref(), Some("multimodal_support"));
    }
}

#[test]
fn words_of_the_backend_are_sent_as_given() {
    let request = with_parameters(Parameters {
        web_search: Some(SearchContextSize::Other("extra_high".to_owned())),
        ..Parameters::default()
    });
    let body = sent(&[], &request).unwrap();
    assert_eq!(
        body,
        r#""web_search_options":{"search_context_size":"extra_high""#.to_owned()
    );
    let grammar = r#"{"type":"grammar", "grammar":{"limit":1e2}}"#;
    let request = Request {
        response_format: ResponseFormat::Other(format!("{grammar}\n")),
        ..with_parameters(Parameters::default())
    };
    let body = sent(&[], &request).unwrap();
    let expected = format!(r#""response_format":{grammar}"#);
    assert_eq!(body, expected.trim_end_matches('}'));
}

#[test]
fn schemas_of_tools_get_what_backends_require() {
    for (schema, expected) in [
        ("{}", r#"{"type":"object","properties":{}}"#),
        (" {\n} ", r#"{"type":"object","properties":{}}"#),
        (
            r#"{"type":"object"}"#,
            r#"{"type":"object","properties":{}}"#,
        ),
        (
            r#"{"properties": {"n": {"maximum": 1e2}} }"#,
            r#"{"properties": {"n": {"maximum": 1e2}},"type":"object"}"#,
        ),
        (
            "{\"type\" : \"object\",\n\"properties\":{}, \"n\":18446744073709551616}",
            "{\"type\" : \"object\",\n\"properties\":{}, \"n\":18446744073709551616}",
        ),
        // Members of members do not count.
        (
            r#"{"$defs":{"type":{},"properties":{}}}"#,
            r#"{"$defs":{"type":{},"properties":{}},"type":"object","properties":{}}"#,
        ),
    ] {
        for form in [TOOLS, FUNCTIONS] {
            let mut request = with_tool(None);
            request.tools[0].parameters = schema.to_owned();
            let body = sent(&[form], &request).unwrap();
            let expected = format!(r#""parameters":{expected}"#);
            let expected = expected.trim_end_matches('}');
            assert!(body.contains(expected), "{body}");
        }
    }
}

#[test]
fn a_body_is_allocated_once() {
    let mut request = conversation();
    request.tools = with_tool(None).tools;
    let medium = ContentPart::Media(Media {
        kind: MediaKind::Image,
        source: MediaSource::Bytes(vec![7; 1 << 20]),
        mime_type: Some("image/png".to_owned()),
        detail: None,
        file_name: None,
    });
    let line = "He said \"no\".\n".repeat(1000);
    for _ in 0..100 {
        request.messages.push(user(&line));
    }
    request.messages.extend(asking(vec![medium]).messages);
    let capacity = capacity::of_body(&request);
    let request = encode(
        &dialect(&[TOOLS, MEDIA]),
        &credentials(),
        &request,
        &ResolvedOptions::default(),
        ResponseMode::Streaming,
    )
    .unwrap();
    let length = request.body.len();
    assert!(length <= request.body.capacity());
    assert_eq!(request.body.capacity(), capacity, "{length}");
}
