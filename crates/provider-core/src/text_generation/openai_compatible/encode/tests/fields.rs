//! Tests of errors: each names the field at fault.

use super::*;

/// What is wrong with a request, by the field that the error names.
fn wrong_requests() -> Vec<(&'static str, Request)> {
    let mut requests = vec![
        (
            "parameters.temperature",
            with_parameters(Parameters {
                temperature: Some(3.0),
                ..Parameters::default()
            }),
        ),
        (
            "parameters.top_p",
            with_parameters(Parameters {
                top_p: Some(f64::NAN),
                ..Parameters::default()
            }),
        ),
        (
            "parameters.max_tokens",
            with_parameters(Parameters {
                max_tokens: Some(0),
                ..Parameters::default()
            }),
        ),
        (
            "parameters.stop",
            with_parameters(Parameters {
                stop: vec![String::new()],
                ..Parameters::default()
            }),
        ),
        (
            "parameters.reasoning_budget",
            with_parameters(Parameters {
                reasoning: Some(false),
                reasoning_budget: Some(9),
                ..Parameters::default()
            }),
        ),
    ];
    for extra in ["", "[]", "{\"a\":}", "{\"stream\":true}", "{\"n\":1}"] {
        let parameters = Parameters {
            extra: Some(extra.to_owned()),
            ..Parameters::default()
        };
        requests.push(("parameters.extra", with_parameters(parameters)));
    }
    requests.push(("messages", Request::default()));
    requests
}

fn wrong_conversations() -> Vec<(&'static str, Request)> {
    let hi = || with_parameters(Parameters::default());
    let with = |message: Message| {
        let mut request = hi();
        request.messages.push(message);
        request
    };
    let content = |content: Vec<ContentPart>| {
        with(Message::User(ContentMessage {
            content,
            name: None,
        }))
    };
    let medium = |source: MediaSource| {
        ContentPart::Media(Media {
            kind: MediaKind::Image,
            source,
            mime_type: None,
            detail: None,
            file_name: None,
        })
    };
    let with_data = |data: Option<&str>, call_data: Option<&str>| {
        let mut request = conversation();
        if let Message::Assistant(answer) = &mut request.messages[1] {
            answer.provider_data = data.map(str::to_owned);
            answer.tool_calls[1].provider_data = call_data.map(str::to_owned);
        }
        request
    };
    let mut unanswered = conversation();
    unanswered.messages.pop();
    vec![
        ("messages[1].content", content(Vec::new())),
        (
            "messages[1].content[1]",
            content(vec![
                ContentPart::Text("a".to_owned()),
                medium(MediaSource::Url("file:///a".to_owned())),
            ]),
        ),
        (
            "messages[1].content[0]",
            content(vec![medium(MediaSource::Bytes(vec![1]))]),
        ),
        (
            "messages[1].content[0]",
            content(vec![ContentPart::Other("[]".to_owned())]),
        ),
        (
            "messages[1].content[0]",
            content(vec![ContentPart::Other("{\"a\":1,}".to_owned())]),
        ),
        ("messages[1].tool_call_id", with(result("9", "nine"))),
        ("messages[3]", unanswered),
        (
            "messages[1].provider_data",
            with_data(Some("no JSON"), None),
        ),
        (
            "messages[1].provider_data",
            with_data(Some("{\"role\":\"user\"}"), None),
        ),
        (
            "messages[1].tool_calls[1].provider_data",
            with_data(None, Some("[]")),
        ),
        (
            "messages[1].tool_calls[1].provider_data",
            with_data(None, Some("{\"function\":{\"arguments\":\"\"}}")),
        ),
    ]
}

fn wrong_tools() -> Vec<(&'static str, Request)> {
    let second = |name: &str, parameters: &str| Request {
        tools: vec![tool("f", "{}"), tool(name, parameters)],
        ..with_tool(None)
    };
    let without_tools = |choice, parallel| Request {
        tools: Vec::new(),
        parallel_tool_calls: parallel,
        ..with_tool(choice)
    };
    let format = |name: Option<&str>, schema: &str| Request {
        response_format: ResponseFormat::JsonSchema(JsonSchema {
            name: name.map(str::to_owned),
            description: None,
            schema: schema.to_owned(),
            strict: None,
        }),
        ..with_parameters(Parameters::default())
    };
    let other_format = Request {
        response_format: ResponseFormat::Other("[]".to_owned()),
        ..with_parameters(Parameters::default())
    };
    vec![
        ("response_format", other_format),
        ("tools[1].name", second("a b", "{}")),
        ("tools[1].parameters", second("g", "{")),
        ("tools[1].parameters", second("g", "{} {}")),
        (
            "tool_choice",
            without_tools(Some(ToolChoice::Automatic), None),
        ),
        ("parallel_tool_calls", without_tools(None, Some(true))),
        (
            "tool_choice",
            with_tool(Some(ToolChoice::Tool("g".to_owned()))),
        ),
        ("response_format.schema", format(None, "\"{}\"")),
        ("response_format.schema", format(None, "{\"a\":01}")),
        ("response_format.name", format(Some("a b"), "{}")),
    ]
}

#[test]
fn what_is_wrong_with_a_request_names_the_field() {
    let values = [
        TOOLS,
        ("multimodal_support", "support"),
        ("agent_thought_support", "supported"),
        ("structured_output_support", "supported"),
    ];
    let requests = wrong_requests()
        .into_iter()
        .chain(wrong_conversations())
        .chain(wrong_tools());
    for (field, request) in requests {
        let error = sent(&values, &request).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{field}");
        assert_eq!(error.field.as_deref(), Some(field), "{}", error.message);
        assert!(!error.request_sent);
    }
}
