//! Tests of the body: what is sent, what is left out, what is refused.

mod fields;
mod parts;
mod turns;

use super::*;
use crate::error::ErrorKind;
use crate::form::Form;
use crate::text_generation::{
    AssistantMessage, CachePoint, ContentMessage, ContentPart, JsonSchema, Media, MediaKind,
    MediaSource, Message, Tool, ToolCall, ToolChoice, ToolMessage,
};

fn credentials() -> Credentials {
    let values = [
        ("endpoint_url".to_owned(), "http://h/team".to_owned()),
        ("consumer_auth_mode".to_owned(), "api_key".to_owned()),
        ("api_key".to_owned(), "sk-1".to_owned()),
    ];
    Credentials::parse(
        &Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}")),
        "m",
    )
    .unwrap_or_else(|error| panic!("{error:?}"))
}

/// The dialect of a form with these values; a name that is not in the form is
/// an advanced option.
fn dialect(values: &[(&str, &str)]) -> Dialect {
    let (advanced, plain): (Vec<_>, Vec<_>) = values.iter().partition(|(name, _)| {
        crate::form::ADVANCED_VARIABLES
            .iter()
            .any(|option| option.name() == *name)
    });
    let members: Vec<String> = advanced
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{value}\""))
        .collect();
    let advanced = ("advanced_options", format!("{{{}}}", members.join(",")));
    let values: Vec<(String, String)> = plain
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .chain([advanced])
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Form::parse(&values)
        .and_then(|form| Dialect::parse(&form))
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// The body of a request, without the members that every one has.
fn sent(values: &[(&str, &str)], request: &Request) -> Result<String, Error> {
    let dialect = dialect(values);
    let call = ResolvedOptions::default();
    let request = encode(&dialect, &credentials(), request, &call, ResponseMode::Full)?;
    let body = String::from_utf8(request.body).unwrap();
    Ok(body
        .trim_start_matches(r#"{"model":"m","messages":[{"role":"user","content":"hi"}]"#)
        .trim_start_matches(',')
        .trim_end_matches('}')
        .to_owned())
}

fn user(text: &str) -> Message {
    let content = vec![ContentPart::Text(text.to_owned())];
    Message::User(ContentMessage {
        content,
        name: None,
    })
}

fn with_parameters(parameters: Parameters) -> Request {
    Request {
        messages: vec![user("hi")],
        parameters,
        ..Request::default()
    }
}

fn body(request: &Request, mode: ResponseMode) -> String {
    let request = encode(
        &dialect(&[]),
        &credentials(),
        request,
        &ResolvedOptions::default(),
        mode,
    )
    .unwrap();
    String::from_utf8(request.body).unwrap()
}

#[test]
fn what_is_not_set_is_not_sent() {
    let body = body(&with_parameters(Parameters::default()), ResponseMode::Full);
    assert_eq!(
        body,
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
    );
}

#[test]
fn a_stream_asks_for_usage() {
    let body = body(
        &with_parameters(Parameters::default()),
        ResponseMode::Streaming,
    );
    assert!(
        body.ends_with(r#","stream":true,"stream_options":{"include_usage":true}}"#),
        "{body}"
    );
}

#[test]
fn zero_values_are_sent_and_whole_numbers_stay_whole() {
    let parameters = Parameters {
        temperature: Some(0.0),
        seed: Some(0),
        max_tokens: Some(1024),
        stop: vec!["END".to_owned()],
        ..Parameters::default()
    };
    let body = body(&with_parameters(parameters), ResponseMode::Full);
    assert!(
        body.contains(r#""temperature":0.0,"seed":0,"max_tokens":1024,"stop":["END"]"#),
        "{body}"
    );
}

#[test]
fn the_request_goes_to_the_route_with_the_key() {
    let request = encode(
        &dialect(&[]),
        &credentials(),
        &with_parameters(Parameters::default()),
        &ResolvedOptions::default(),
        ResponseMode::Streaming,
    )
    .unwrap();
    assert_eq!(request.path_and_query, "/team/v1/chat/completions");
    let header = |name: &str| {
        request
            .headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    assert_eq!(header("authorization"), Some("Bearer sk-1"));
    assert_eq!(header("accept"), Some("text/event-stream"));
    assert_eq!(
        header("content-length"),
        Some(request.body.len().to_string().as_str())
    );
    assert!(!format!("{request:?}").contains("sk-1"));
}

#[test]
fn parameters_out_of_range_are_named() {
    for (name, parameters) in [
        (
            "temperature",
            Parameters {
                temperature: Some(2.1),
                ..Parameters::default()
            },
        ),
        (
            "temperature",
            Parameters {
                temperature: Some(f64::NAN),
                ..Parameters::default()
            },
        ),
        (
            "top_p",
            Parameters {
                top_p: Some(-0.1),
                ..Parameters::default()
            },
        ),
        (
            "presence_penalty",
            Parameters {
                presence_penalty: Some(f64::INFINITY),
                ..Parameters::default()
            },
        ),
        (
            "max_tokens",
            Parameters {
                max_tokens: Some(0),
                ..Parameters::default()
            },
        ),
        (
            "stop",
            Parameters {
                stop: vec![String::new()],
                ..Parameters::default()
            },
        ),
    ] {
        let request = with_parameters(parameters);
        let error = encode(
            &dialect(&[]),
            &credentials(),
            &request,
            &ResolvedOptions::default(),
            ResponseMode::Full,
        )
        .unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(
            error.message.contains(&format!("`{name}`")),
            "{}",
            error.message
        );
    }
}

#[test]
fn an_empty_conversation_is_refused() {
    let error = encode(
        &dialect(&[]),
        &credentials(),
        &Request::default(),
        &ResolvedOptions::default(),
        ResponseMode::Full,
    )
    .unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidRequest);
}

fn text(text: &str) -> Vec<ContentPart> {
    vec![ContentPart::Text(text.to_owned())]
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
        provider_data: None,
    }
}

fn result(id: &str, content: &str) -> Message {
    Message::Tool(ToolMessage {
        tool_call_id: id.to_owned(),
        content: text(content),
    })
}

fn tool(name: &str, parameters: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: Some("does it".to_owned()),
        parameters: parameters.to_owned(),
        strict: None,
    }
}

fn with_tool(choice: Option<ToolChoice>) -> Request {
    Request {
        messages: vec![user("hi")],
        tools: vec![tool("f", r#"{"type":"object","properties":{}}"#)],
        tool_choice: choice,
        ..Request::default()
    }
}

/// A question, two calls, their results.
fn conversation() -> Request {
    let calls = vec![call("1", "f", r#"{"a":1}"#), call("2", "g", "")];
    Request {
        messages: vec![
            user("hi"),
            Message::Assistant(AssistantMessage {
                tool_calls: calls,
                reasoning: Some("hm".to_owned()),
                ..AssistantMessage::default()
            }),
            result("2", "two"),
            result("1", "one"),
        ],
        ..Request::default()
    }
}

const TOOLS: (&str, &str) = ("function_calling_type", "tool_call");
const FUNCTIONS: (&str, &str) = ("function_calling_type", "function_call");

#[test]
fn tools_are_sent_in_the_form_that_is_configured() {
    let f =
        r#"{"name":"f","description":"does it","parameters":{"type":"object","properties":{}}}"#;
    for (form, choice, expected) in [
        (
            TOOLS,
            None,
            format!(r#""tools":[{{"type":"function","function":{f}}}]"#),
        ),
        (
            TOOLS,
            Some(ToolChoice::Tool("f".to_owned())),
            format!(
                r#""tools":[{{"type":"function","function":{f}}}],"tool_choice":{{"type":"function","function":{{"name":"f"}}}}"#
            ),
        ),
        (
            TOOLS,
            Some(ToolChoice::Required),
            format!(r#""tools":[{{"type":"function","function":{f}}}],"tool_choice":"required""#),
        ),
        (
            TOOLS,
            Some(ToolChoice::Other(r#"{"type":"allowed_tools"}"#.to_owned())),
            format!(
                r#""tools":[{{"type":"function","function":{f}}}],"tool_choice":{{"type":"allowed_tools"}}"#
            ),
        ),
        (
            FUNCTIONS,
            Some(ToolChoice::Automatic),
            format!(r#""functions":[{f}],"function_call":"auto""#),
        ),
        (
            FUNCTIONS,
            Some(ToolChoice::Tool("f".to_owned())),
            format!(r#""functions":[{f}],"function_call":{{"name":"f"}}"#),
        ),
    ] {
        let body = sent(&[form], &with_tool(choice.clone())).unwrap();
        let expected = expected.trim_end_matches('}');
        assert_eq!(body, expected, "{form:?} {choice:?}");
    }
}

#[test]
fn a_tool_choice_of_the_backend_must_be_json() {
    let choice = Some(ToolChoice::Other("{\"type\":".to_owned()));
    let error = sent(&[TOOLS], &with_tool(choice)).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("tool_choice"));
}

#[test]
fn calls_and_results_go_back_in_the_form_that_is_configured() {
    let body = sent(&[TOOLS], &conversation()).unwrap();
    assert!(
        body.ends_with(
            r#"{"role":"assistant","content":"","reasoning_content":"hm","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","content":"two","tool_call_id":"2"},{"role":"tool","content":"one","tool_call_id":"1"}]"#
        ),
        "{body}"
    );
    let body = sent(&[FUNCTIONS], &conversation()).unwrap();
    assert!(
        body.ends_with(
            r#"{"role":"assistant","content":"","function_call":{"name":"g","arguments":"{}"}},{"role":"function","content":"two","name":"g"},{"role":"assistant","content":"","function_call":{"name":"f","arguments":"{\"a\":1}"}},{"role":"function","content":"one","name":"f"}]"#
        ),
        "{body}"
    );
}

#[test]
fn earlier_reasoning_goes_back_as_the_option_says() {
    let mut without_calls = with_parameters(Parameters::default());
    without_calls
        .messages
        .push(Message::Assistant(AssistantMessage {
            content: text("yes"),
            reasoning: Some("hm".to_owned()),
            ..AssistantMessage::default()
        }));
    for (value, with_calls, without) in [
        ("automatic", true, false),
        ("off", false, false),
        ("on", true, true),
    ] {
        for (request, expected) in [
            (conversation(), with_calls),
            (without_calls.clone(), without),
        ] {
            let body = sent(&[TOOLS, ("send_reasoning", value)], &request).unwrap();
            let is_sent = body.contains(r#""reasoning_content":"hm""#);
            assert_eq!(is_sent, expected, "{value}: {body}");
        }
    }
    let by_default = sent(&[TOOLS], &conversation()).unwrap();
    assert!(by_default.contains(r#""reasoning_content":"hm""#));
}

#[test]
fn thinking_is_switched_in_the_words_of_the_backend() {
    let asking = |thinking, budget, effort: Option<&str>| {
        with_parameters(Parameters {
            reasoning: thinking,
            reasoning_budget: budget,
            reasoning_effort: effort.map(str::to_owned),
            ..Parameters::default()
        })
    };
    for (form, request, expected) in [
        ("both", asking(None, None, None), ""),
        (
            "both",
            asking(Some(false), None, None),
            r#""enable_thinking":false,"chat_template_kwargs":{"enable_thinking":false,"thinking":false"#,
        ),
        (
            "enable_thinking",
            asking(Some(true), Some(9), None),
            r#""enable_thinking":true,"thinking_budget":9"#,
        ),
        (
            "chat_template_kwargs",
            asking(Some(true), Some(9), None),
            r#""chat_template_kwargs":{"enable_thinking":true,"thinking":true},"thinking_token_budget":9"#,
        ),
        (
            "thinking_type",
            asking(Some(false), None, None),
            r#""thinking":{"type":"disabled""#,
        ),
        (
            "thinking_type",
            asking(None, Some(9), None),
            r#""thinking":{"type":"enabled","budget_tokens":9"#,
        ),
        (
            "reasoning_effort",
            asking(Some(false), None, None),
            r#""reasoning_effort":"none""#,
        ),
        (
            "reasoning_effort",
            asking(None, Some(5000), None),
            r#""reasoning_effort":"medium""#,
        ),
        (
            "reasoning_effort",
            asking(Some(true), None, Some("xhigh")),
            r#""reasoning_effort":"xhigh""#,
        ),
        (
            "enable_thinking",
            asking(None, None, Some("low")),
            r#""reasoning_effort":"low""#,
        ),
    ] {
        let values = [
            ("agent_thought_support", "supported"),
            ("thinking_form", form),
        ];
        assert_eq!(sent(&values, &request).unwrap(), expected, "{form}");
    }
}

#[test]
fn the_form_of_the_answer_is_sent_with_a_name_for_the_schema() {
    let schema = |name: Option<&str>, schema: &str| Request {
        messages: vec![user("hi")],
        response_format: ResponseFormat::JsonSchema(JsonSchema {
            name: name.map(str::to_owned),
            description: None,
            schema: schema.to_owned(),
            strict: Some(true),
        }),
        ..Request::default()
    };
    let supported = [("structured_output_support", "supported")];
    for (request, expected) in [
        (
            schema(None, r#"{"type": "object"}"#),
            r#""response_format":{"type":"json_schema","json_schema":{"name":"response","schema":{"type": "object"},"strict":true"#,
        ),
        (
            schema(None, r#"{"name":"n","schema":{"type":"object"}}"#),
            r#""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"#,
        ),
    ] {
        let body = sent(&supported, &request).unwrap();
        assert_eq!(
            body,
            expected.trim_end_matches('"').to_owned()
                + if expected.ends_with("object") {
                    "\""
                } else {
                    ""
                }
        );
    }
    for bad in ["", "no", "[]", "\"{}\""] {
        let error = sent(&supported, &schema(None, bad)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{bad}");
    }
    assert!(sent(&supported, &schema(Some("a b"), "{}")).is_err());
    let error = sent(&[], &schema(None, "{}")).unwrap_err();
    assert!(error.message.contains("structured_output_support"));
}

#[test]
fn extra_members_are_added_last_and_replace_nothing() {
    let extra = |json: &str| {
        with_parameters(Parameters {
            temperature: Some(0.5),
            extra: Some(json.to_owned()),
            ..Parameters::default()
        })
    };
    let body = sent(&[], &extra(r#"{"logit_bias":{"1":2},"min_p":0.10}"#)).unwrap();
    assert_eq!(
        body,
        r#""temperature":0.5,"logit_bias":{"1":2},"min_p":0.10"#
    );
    for bad in [
        r#"{"temperature":1}"#,
        r#"{"stream":true}"#,
        r#"{"tools":[]}"#,
        r#"{"n":2}"#,
        "[]",
        "{",
        "",
    ] {
        let error = sent(&[], &extra(bad)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{bad}");
        assert!(error.message.contains("`extra`"), "{}", error.message);
    }
}

#[test]
fn a_model_that_completes_prompts_gets_one() {
    let completion = [("completion_mode", "completion")];
    let mut request = with_parameters(Parameters::default());
    request.messages.push(user("there"));
    let body = sent(&completion, &request).unwrap();
    assert_eq!(body, r#"{"model":"m","prompt":"hi\n\nthere""#);
    assert_eq!(dialect(&completion).api_path(), "/v1/completions");
    for request in [with_tool(None), conversation()] {
        let error = sent(&completion, &request).unwrap_err();
        assert!(
            error.message.contains("completion_mode"),
            "{}",
            error.message
        );
    }
}

#[test]
fn what_the_form_says_the_model_cannot_do_names_the_field() {
    let picture = Request {
        messages: vec![Message::User(ContentMessage {
            content: vec![ContentPart::Media(Media {
                kind: MediaKind::Image,
                source: MediaSource::Url("https://h/a.png".to_owned()),
                mime_type: None,
                detail: None,
                file_name: None,
            })],
            name: None,
        })],
        ..Request::default()
    };
    let thinking = with_parameters(Parameters {
        reasoning: Some(true),
        ..Parameters::default()
    });
    for (request, field) in [
        (with_tool(None), "function_calling_type"),
        (conversation(), "function_calling_type"),
        (picture.clone(), "multimodal_support"),
        (thinking, "agent_thought_support"),
    ] {
        let error = sent(&[], &request).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.message.contains(field), "{}", error.message);
    }
    let body = sent(&[("multimodal_support", "support")], &picture).unwrap();
    assert!(
        body.contains(r#"[{"type":"image_url","image_url":{"url":"https://h/a.png"}}]"#),
        "{body}"
    );
}

#[test]
fn requests_that_every_backend_refuses_are_not_sent() {
    let mut unanswered = conversation();
    unanswered.messages.pop();
    let mut foreign = conversation();
    foreign.messages.push(result("3", "three"));
    let mut twice = conversation();
    twice.messages.push(result("1", "again"));
    let mut choice_alone = with_tool(Some(ToolChoice::Automatic));
    choice_alone.tools.clear();
    let named = |name: &str, parameters: &str| Request {
        tools: vec![tool(name, parameters)],
        ..with_tool(None)
    };
    for request in [
        unanswered,
        foreign,
        twice,
        choice_alone,
        with_tool(Some(ToolChoice::Tool("g".to_owned()))),
        named("a b", "{}"),
        named("", "{}"),
        named(&"a".repeat(65), "{}"),
        named("f", "[]"),
        named("f", "{"),
    ] {
        let error = sent(&[TOOLS], &request).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{request:?}");
        assert!(!error.request_sent);
    }
    let required = with_tool(Some(ToolChoice::Required));
    assert_eq!(
        sent(&[FUNCTIONS], &required).unwrap_err().kind,
        ErrorKind::Unsupported
    );
}
