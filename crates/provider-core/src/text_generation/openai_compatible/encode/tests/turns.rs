//! Tests of earlier turns: provider data, and media in tool results.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn answered(data: Option<&str>, call_data: Option<&str>) -> Request {
    let owned = |json: &str| json.to_owned();
    Request {
        messages: vec![
            user("hi"),
            Message::Assistant(AssistantMessage {
                tool_calls: vec![ToolCall {
                    provider_data: call_data.map(owned),
                    ..call("1", "f", "{}")
                }],
                provider_data: data.map(owned),
                ..AssistantMessage::default()
            }),
            result("1", "one"),
        ],
        ..Request::default()
    }
}

#[test]
fn provider_data_of_a_turn_go_back_byte_for_byte() {
    for data in [
        // OpenRouter.
        r#""reasoning_details":[{"type":"reasoning.encrypted","data":"gAAA+/=","index":0, "n":1e2}]"#,
        // Claude through Higress.
        r#""reasoning_signature":"EqQB\/\u00e9","reasoning_redacted_content":"x""#,
        r#""claude_content_blocks":[{"type":"thinking","thinking":"a\nb","signature":"s"}]"#,
        r#""big":18446744073709551616,"big":-0.0"#,
    ] {
        let body = sent(&[TOOLS], &answered(Some(&format!("{{{data}}}")), None)).unwrap();
        let expected = format!(
            r#"{{"role":"assistant","content":"","tool_calls":[{{"id":"1","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}],{data}}},"#
        );
        assert!(body.contains(&expected), "{body}");
    }
}

#[test]
fn provider_data_of_a_call_go_back_to_the_object_they_came_from() {
    for (data, call, function) in [
        // Gemini through Higress.
        (
            r#"{"extra_content":{"google":{"thought_signature":"EjQK+/="}}}"#,
            r#","extra_content":{"google":{"thought_signature":"EjQK+/="}}"#,
            "",
        ),
        // Gemini's own name, beside the function and in it.
        (
            r#"{ "thought_signature" : "s" }"#,
            r#","thought_signature":"s""#,
            "",
        ),
        (
            r#"{"function":{"thought_signature":"s"}}"#,
            "",
            r#","thought_signature":"s""#,
        ),
        (
            r#"{"a":1e2,"function":{"b":[ 1 ],"c":{}},"d":null}"#,
            r#","a":1e2,"d":null"#,
            r#","b":[ 1 ],"c":{}"#,
        ),
        ("{}", "", ""),
    ] {
        let request = answered(None, Some(data));
        let body = sent(&[TOOLS], &request).unwrap();
        let expected = format!(
            r#""tool_calls":[{{"id":"1","type":"function","function":{{"name":"f","arguments":"{{}}"{function}}}{call}}}]}}"#
        );
        assert!(body.contains(&expected), "{body}");
        let body = sent(&[FUNCTIONS], &request).unwrap();
        let expected = format!(
            r#"{{"role":"assistant","content":"","function_call":{{"name":"f","arguments":"{{}}"{function}}}{call}}},"#
        );
        assert!(body.contains(&expected), "{body}");
    }
}

#[test]
fn the_legacy_form_writes_a_turn_of_calls_alone_only_for_its_provider_data() {
    let turns = |request: &Request| {
        let body = sent(&[FUNCTIONS], request).unwrap();
        body.matches(r#"{"role":"assistant""#).count()
    };
    assert_eq!(turns(&answered(None, None)), 1);
    assert_eq!(
        turns(&answered(Some(r#"{"reasoning_signature":"s"}"#), None)),
        2
    );
}

fn picture(name: &str) -> ContentPart {
    ContentPart::Media(Media {
        kind: MediaKind::Image,
        source: MediaSource::Url(format!("https://h/{name}")),
        mime_type: None,
        detail: None,
        file_name: None,
    })
}

/// Two results with pictures, one of them without a text, and a question.
fn pictures() -> Request {
    let mut request = conversation();
    let text = ContentPart::Text("seen".to_owned());
    let contents = [vec![text, picture("a.png")], vec![picture("b.png")]];
    for (message, content) in request.messages[2..].iter_mut().zip(contents) {
        if let Message::Tool(result) = message {
            result.content = content;
        }
    }
    request.messages.push(user("and now?"));
    request
}

const MEDIA: (&str, &str) = ("multimodal_support", "support");

#[test]
fn media_of_tool_results_follow_the_results_in_a_message_of_the_user() {
    let url =
        |name: &str| format!(r#"{{"type":"image_url","image_url":{{"url":"https://h/{name}"}}}}"#);
    let label =
        |id: u8| format!(r#"{{"type":"text","text":"Content of the result of tool call {id}:"}}"#);
    let follows = "The content follows in the next user message.";
    let media = format!(
        r#"{{"role":"user","content":[{},{},{},{}]}}"#,
        label(2),
        url("a.png"),
        label(1),
        url("b.png")
    );
    let body = sent(&[TOOLS, MEDIA], &pictures()).unwrap();
    let expected = format!(
        r#"{{"role":"tool","content":"seen","tool_call_id":"2"}},{{"role":"tool","content":"{follows}","tool_call_id":"1"}},{media},{{"role":"user","content":"and now?"}}]"#
    );
    assert!(body.ends_with(&expected), "{body}");

    let mut last = pictures();
    last.messages.pop();
    let body = sent(&[TOOLS, MEDIA], &last).unwrap();
    assert!(body.ends_with(&format!("{media}]")), "{body}");

    let body = sent(&[FUNCTIONS, MEDIA], &last).unwrap();
    let expected = format!(r#"{{"role":"function","content":"{follows}","name":"f"}},{media}]"#);
    assert!(body.ends_with(&expected), "{body}");
}

#[test]
fn media_of_tool_results_stay_in_them_where_the_backend_reads_them() {
    let values = [TOOLS, MEDIA, ("tool_result_media", "parts")];
    let body = sent(&values, &pictures()).unwrap();
    for result in [
        r#"{"role":"tool","content":[{"type":"text","text":"seen"},{"type":"image_url","image_url":{"url":"https://h/a.png"}}],"tool_call_id":"2"}"#,
        r#"{"role":"tool","content":[{"type":"image_url","image_url":{"url":"https://h/b.png"}}],"tool_call_id":"1"},{"role":"user","content":"and now?"}]"#,
    ] {
        assert!(body.contains(result), "{body}");
    }
}

#[test]
fn media_of_tool_results_are_enabled_by_the_form() {
    let error = sent(&[TOOLS], &pictures()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert_eq!(error.field.as_deref(), Some("multimodal_support"));
}

#[test]
fn calls_with_the_same_id_get_the_results_in_order() {
    let calls = vec![call("1", "f", ""), call("0", "g", ""), call("1", "h", "")];
    let answer = Message::Assistant(AssistantMessage {
        tool_calls: calls,
        ..AssistantMessage::default()
    });
    let mut messages = vec![user("hi"), answer];
    messages.extend([result("1", "f"), result("1", "h"), result("0", "g")]);
    let request = Request {
        messages,
        ..Request::default()
    };
    let body = sent(&[FUNCTIONS], &request).unwrap();
    for name in ["f", "g", "h"] {
        let pair = format!(
            r#""function_call":{{"name":"{name}","arguments":"{{}}"}}}},{{"role":"function","content":"{name}","name":"{name}"}}"#
        );
        assert!(body.contains(&pair), "{body}");
    }
}

#[test]
fn many_results_in_reverse_take_no_longer() {
    let ids = || (0..50_000).map(|id: u32| id.to_string());
    let mut messages = vec![
        user("hi"),
        Message::Assistant(AssistantMessage {
            tool_calls: ids().map(|id| call(&id, "f", "")).collect(),
            ..AssistantMessage::default()
        }),
    ];
    messages.extend(ids().rev().map(|id| result(&id, "")));
    let request = Request {
        messages,
        ..Request::default()
    };
    assert!(sent(&[TOOLS], &request).is_ok());
}

proptest! {
    #[test]
    fn any_conversation_arrives_as_it_was_given(
        texts in prop::collection::vec(any::<String>(), 1..6),
        arguments: String,
        id: String,
        reasoning: Option<String>,
    ) {
        let content = || texts.iter().cloned().map(ContentPart::Text).collect::<Vec<_>>();
        let request = Request {
            messages: vec![
                Message::User(ContentMessage { content: content(), name: Some(id.clone()) }),
                Message::Assistant(AssistantMessage {
                    reasoning: reasoning.clone(),
                    tool_calls: vec![call(&id, "f", &arguments)],
                    ..AssistantMessage::default()
                }),
                Message::Tool(ToolMessage { tool_call_id: id.clone(), content: content() }),
            ],
            ..Request::default()
        };
        let written = encode(
            &dialect(&[TOOLS]),
            &credentials(),
            &request,
            &ResolvedOptions::default(),
            ResponseMode::Full,
        );
        let body: Value = serde_json::from_slice(&written.unwrap().body).unwrap();
        let content = match &*texts {
            [text] => json!(text),
            texts => texts.iter().map(|text| json!({"type": "text", "text": text})).collect(),
        };
        let arguments = match arguments.trim() {
            "" => "{}",
            arguments => arguments,
        };
        let function = json!({"name": "f", "arguments": arguments});
        let mut answer = json!({
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": id, "type": "function", "function": function}],
        });
        if let Some(reasoning) = reasoning {
            answer["reasoning_content"] = json!(reasoning);
        }
        let expected = json!([
            {"role": "user", "content": content, "name": id},
            answer,
            {"role": "tool", "content": content, "tool_call_id": id},
        ]);
        prop_assert_eq!(&body["messages"], &expected);
    }
}
