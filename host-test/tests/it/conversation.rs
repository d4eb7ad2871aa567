//! Conversations with tools through the built component, over real sockets:
//! each turn goes on with what the one before returned. `make component`
//! builds it.

use http::StatusCode;
use mock_gateway::{
    Backend, Chat, ChatDialect, Gateway, GatewayConfig, MockResponse, Route, Rule, Rules, Script,
    Upstream,
};
use provider_host::Model;
use provider_host::contract::text_generation::{
    AssistantMessage, ContentPart, Event, GeneratedToolCall, Message, Request, Tool,
};
use provider_host::contract::types::{CallOptions, ModelKind};
use provider_host::stream::ResponseStream;
use provider_host::tenant::Tenant;
use serde_json::{Value, json};
use testing::call::{model, tenant};

/// How an answer is asked for.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    Stream,
    Whole,
}

const DELIVERIES: [Delivery; 2] = [Delivery::Stream, Delivery::Whole];

/// A conversation as an application keeps it.
struct Talk {
    gateway: Gateway,
    tenant: Tenant,
    model: Model,
    delivery: Delivery,
    messages: Vec<Message>,
}

impl Talk {
    async fn new(backend: Backend, function_calling: &str, delivery: Delivery) -> Self {
        let config = GatewayConfig::new().route(Route::new("/team", backend));
        let gateway = Gateway::start(config).await.unwrap();
        let endpoint = gateway.url("/team");
        let calling = [("function_calling_type", function_calling)];
        Self {
            gateway,
            tenant: tenant(&endpoint),
            model: model(ModelKind::TextGeneration, &endpoint, &calling),
            delivery,
            messages: Vec::new(),
        }
    }

    fn say(&mut self, text: &str) {
        self.messages.push(Message::user(text));
    }

    fn return_result(&mut self, generated: &GeneratedToolCall, result: &str) {
        let result = Message::tool_result(&generated.call.id, result);
        self.messages.push(result);
    }

    /// The model's turn: what it says, and the tools that it calls. The whole
    /// turn is part of the conversation from then on.
    async fn listen(&mut self) -> (String, Vec<GeneratedToolCall>) {
        let tools = ["weather", "time", "price"].map(tool);
        let request = Request::new(self.messages.clone()).with_tools(tools);
        let options = CallOptions::default();
        let (text, calls, turn) = match self.delivery {
            Delivery::Whole => {
                let answer = self.tenant.generate(&self.model, &request, &options);
                let answer = answer.await.unwrap();
                let turn = AssistantMessage::from(&answer);
                (answer.text, answer.tool_calls, turn)
            }
            Delivery::Stream => {
                let stream = self.tenant.generate_stream(&self.model, &request, &options);
                read_turn(stream.await.unwrap()).await
            }
        };
        self.messages.push(Message::Assistant(turn));
        (text, calls)
    }
}

/// The text and the calls of a stream, and the turn that they are part of.
async fn read_turn(
    mut stream: ResponseStream,
) -> (String, Vec<GeneratedToolCall>, AssistantMessage) {
    let (mut text, mut reasoning, mut calls) = (String::new(), String::new(), Vec::new());
    let mut turn = AssistantMessage::default();
    while let Some(events) = stream.next_events().await {
        for event in events.unwrap() {
            match event {
                Event::Text(more) => text.push_str(&more),
                Event::Reasoning(more) => reasoning.push_str(&more),
                Event::CompletedToolCall(call) => calls.push(call),
                Event::ProviderData(data) => turn.provider_data = Some(data),
                Event::Refusal(_)
                | Event::ToolCall(_)
                | Event::Citation(_)
                | Event::Image(_)
                | Event::Audio(_)
                | Event::Usage(_)
                | Event::Finish(_)
                | Event::Other(_) => {}
            }
        }
    }
    let content = (!text.is_empty()).then(|| ContentPart::Text(text.clone()));
    turn.content.extend(content);
    turn.reasoning = (!reasoning.is_empty()).then_some(reasoning);
    let generated = calls.iter();
    turn.tool_calls = generated.map(|generated| generated.call.clone()).collect();
    (text, calls, turn)
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: None,
        parameters: r#"{"type":"object"}"#.to_owned(),
        strict: None,
    }
}

fn names(calls: &[GeneratedToolCall]) -> Vec<&str> {
    calls
        .iter()
        .map(|generated| generated.call.name.as_str())
        .collect()
}

#[tokio::test]
async fn two_tools_are_called_at_once_and_a_third_later() {
    for delivery in DELIVERIES {
        let rules = Rules::new()
            .rule(Rule::new("trip", "weather", json!({"city": "Rome"})).answering("{sky} sky."))
            .rule(Rule::new("trip", "time", json!({})).answering("It is {}."))
            .rule(Rule::new("cost", "price", json!({"what": "a flight"})).answering("{} euros."));
        let chat = Chat::new(ChatDialect::OpenAi).rules(rules);
        let backend = Backend::Upstream(Upstream::Chat(chat));
        let mut talk = Talk::new(backend, "tool_call", delivery).await;

        talk.say("Is it a good day for a trip?");
        let (_, calls) = talk.listen().await;
        assert_eq!(names(&calls), ["weather", "time"], "{delivery:?}");
        assert!(calls.iter().all(|call| call.arguments_valid));
        talk.return_result(&calls[1], "noon");
        talk.return_result(&calls[0], r#"{"sky": "A blue"}"#);
        let (text, calls) = talk.listen().await;
        assert!(calls.is_empty(), "{delivery:?}: {calls:?}");
        assert!(text.contains("A blue sky."), "{delivery:?}: {text}");
        assert!(text.contains("It is noon."), "{delivery:?}: {text}");

        talk.say("And what does it cost?");
        let (_, calls) = talk.listen().await;
        assert_eq!(names(&calls), ["price"], "{delivery:?}");
        talk.return_result(&calls[0], "80");
        let (text, _) = talk.listen().await;
        assert_eq!(text, "80 euros.", "{delivery:?}");
    }
}

/// A response in which a model speaks or calls a function, as it is asked for.
fn legacy(delivery: Delivery, message: &Value, reason: &str) -> MockResponse {
    match delivery {
        Delivery::Whole => {
            let choice = json!({"index": 0, "message": message, "finish_reason": reason});
            let body = json!({"model": "model-1", "choices": [choice]});
            MockResponse::document(StatusCode::OK, "application/json", body.to_string())
        }
        Delivery::Stream => {
            let delta = json!({"choices": [{"index": 0, "delta": message}]});
            let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]});
            let body = format!("data: {delta}\n\ndata: {end}\n\ndata: [DONE]\n\n");
            MockResponse::event_stream().bytes(body)
        }
    }
}

/// A turn with a call of `weather`: its JSON is that of the wire.
fn turn_with_call(delivery: Delivery, of_call: &str, of_turn: &str) -> MockResponse {
    let function = r#""function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}"#;
    let call = format!(r#"{{"index":0,"id":"c1","type":"function",{function}{of_call}}}"#);
    let turn = format!(
        r#"{{"role":"assistant","content":"Well.","reasoning_content":"Short.","tool_calls":[{call}]{of_turn}}}"#
    );
    match delivery {
        Delivery::Whole => {
            let choice = format!(r#"{{"index":0,"message":{turn},"finish_reason":"tool_calls"}}"#);
            let body = format!(r#"{{"model":"m","choices":[{choice}]}}"#);
            MockResponse::document(StatusCode::OK, "application/json", body)
        }
        Delivery::Stream => {
            let turn = format!(r#"{{"choices":[{{"index":0,"delta":{turn}}}]}}"#);
            let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;
            let body = format!("data: {turn}\n\ndata: {end}\n\ndata: [DONE]\n\n");
            MockResponse::event_stream().bytes(body)
        }
    }
}

#[tokio::test]
async fn what_a_provider_attached_goes_back_byte_for_byte() {
    // Whitespace, escapes and numbers as no serializer would write them.
    let signature =
        r#","extra_content":{"google": {"thought_signature":"AY\u0038\/9+=", "n": 1.0e0}}"#;
    let claude =
        r#","reasoning_signature":"EqQB\/\u003d","reasoning_redacted_content":"EmwKAhgB=""#;
    let blocks = r#","claude_content_blocks":[ {"type":"thinking","thinking":"a\u00a0b","signature":"Eq"} ]"#;
    let details =
        r#","reasoning_details":[{"type":"reasoning.encrypted", "data":"gAAA\u003d","index":0}]"#;
    for (of_call, of_turn) in [
        (signature, ""),
        ("", signature),
        ("", claude),
        ("", blocks),
        ("", details),
        (signature, details),
    ] {
        for delivery in DELIVERIES {
            let message = json!({"role": "assistant", "content": "Sunny."});
            let script = Script::new(turn_with_call(delivery, of_call, of_turn))
                .then(legacy(delivery, &message, "stop"));
            let mut talk = Talk::new(Backend::Script(script), "tool_call", delivery).await;
            talk.say("What is the weather in Rome?");
            let (_, calls) = talk.listen().await;
            talk.return_result(&calls[0], "sun");
            assert_eq!(talk.listen().await.0, "Sunny.");

            let requests = talk.gateway.requests();
            let sent = std::str::from_utf8(&requests[1].body).unwrap();
            let said = r#""content":"Well.","reasoning_content":"Short.","#;
            assert!(sent.contains(said), "{delivery:?}: {sent}");
            let call = r#""arguments":"{\"city\":\"Rome\"}"}"#;
            let attached = format!("{call}{of_call}}}]{of_turn}}}");
            assert!(
                sent.contains(&attached),
                "{delivery:?}: {attached} in {sent}"
            );
        }
    }
}

#[tokio::test]
async fn functions_are_called_one_after_the_other_in_the_legacy_form() {
    for delivery in DELIVERIES {
        let call = |name: &str| {
            let function = json!({"name": name, "arguments": "{\"city\":\"Rome\"}"});
            let message = json!({"role": "assistant", "content": null, "function_call": function});
            legacy(delivery, &message, "function_call")
        };
        let say = |text: &str| {
            let message = json!({"role": "assistant", "content": text});
            legacy(delivery, &message, "stop")
        };
        let script = Script::new(call("weather"))
            .then(call("time"))
            .then(say("Go at noon."));
        let mut talk = Talk::new(Backend::Script(script), "function_call", delivery).await;

        talk.say("When is it sunny in Rome?");
        for (name, result) in [("weather", "sunny from noon"), ("time", "11:00")] {
            let (_, calls) = talk.listen().await;
            assert_eq!(names(&calls), [name], "{delivery:?}");
            talk.return_result(&calls[0], result);
        }
        let (text, calls) = talk.listen().await;
        assert_eq!((text.as_str(), calls.len()), ("Go at noon.", 0));

        let requests = talk.gateway.requests();
        let last: Value = serde_json::from_slice(&requests.last().unwrap().body).unwrap();
        let roles: Vec<&str> = last["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["role"].as_str().unwrap())
            .collect();
        let turn = ["assistant", "function"];
        assert_eq!(roles, [&["user"][..], &turn, &turn].concat());
        assert_eq!(last["messages"][4]["name"], "time");
        assert!(last.get("tools").is_none(), "{last}");
    }
}

#[tokio::test]
async fn usage_that_a_backend_refuses_to_count_is_asked_for_once() {
    let refusal = json!({"error": {"message": "unknown field stream_options",
        "type": "invalid_request_error"}});
    let refusal = MockResponse::document(
        StatusCode::BAD_REQUEST,
        "application/json",
        refusal.to_string(),
    );
    let message = json!({"role": "assistant", "content": "Yes."});
    let answer = legacy(Delivery::Stream, &message, "stop");
    let script = Script::new(refusal).then(answer);
    let mut talk = Talk::new(Backend::Script(script), "tool_call", Delivery::Stream).await;
    talk.say("Is it?");
    assert_eq!(talk.listen().await.0, "Yes.");
    let bodies: Vec<Value> = talk
        .gateway
        .requests()
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies[0].get("stream_options").is_some());
    assert!(bodies[1].get("stream_options").is_none());
}
