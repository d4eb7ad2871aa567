//! An agent's conversation with a model that calls tools by rules, and the
//! plugins that can stand in front of a model.

use http::{HeaderValue, StatusCode};
use mock_gateway::{Chat, ChatDialect, Rule, Rules};
use serde_json::{Value, json};

use crate::support::{ask, chat_url, client, gateway_of, post, question, send, with};

fn shop() -> Chat {
    let rules = Rules::new()
        .rule(Rule::new("time", "current_time", json!({})).answering("It is {time}."))
        .rule(
            Rule::new(
                "promotion",
                "search_promotions",
                json!({"query": "{message}"}),
            )
            .answering("Now on offer: {promotions.name}."),
        );
    Chat::new(ChatDialect::OpenAi).rules(rules)
}

fn tools() -> Value {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
    json!([tool("current_time"), tool("search_promotions")])
}

/// The results of the agent's tools.
fn result(name: &str) -> String {
    match name {
        "current_time" => json!({"time": "12:30"}).to_string(),
        "search_promotions" => {
            json!({"promotions": [{"name": "green tea"}, {"name": "cups"}]}).to_string()
        }
        other => panic!("nobody offered {other}"),
    }
}

#[tokio::test]
async fn an_agent_calls_tools_and_gets_their_results_in_a_sentence() {
    let gateway = gateway_of(shop()).await;
    let mut messages = vec![json!({"role": "user",
        "content": "What time is it, and is there a promotion on tea?"})];
    let body = json!({"model": "m", "messages": messages, "tools": tools()});
    let choice = ask(&gateway, &body).await.json()["choices"][0].clone();
    assert_eq!(choice["finish_reason"], "tool_calls");
    let calls = choice["message"]["tool_calls"].as_array().unwrap();
    assert_eq!(calls.len(), 2);
    let query: Value =
        serde_json::from_str(calls[1]["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(query["query"], messages[0]["content"]);

    messages.push(choice["message"].clone());
    for call in calls {
        let name = call["function"]["name"].as_str().unwrap();
        messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": result(name)}));
    }
    let body = json!({"model": "m", "messages": messages, "tools": tools()});
    let choice = ask(&gateway, &body).await.json()["choices"][0].clone();
    assert_eq!(
        choice["message"]["content"],
        "It is 12:30. Now on offer: green tea, cups."
    );
    assert_eq!(choice["finish_reason"], "stop");
}

#[tokio::test]
async fn without_tools_a_model_responds_with_text() {
    let gateway = gateway_of(shop()).await;
    let response = ask(&gateway, &question("What time is it?")).await.json();
    let message = &response["choices"][0]["message"];
    assert!(message["content"].is_string() && message.get("tool_calls").is_none());
}

#[tokio::test]
async fn a_result_without_a_call_is_rejected() {
    let gateway = gateway_of(shop()).await;
    let stray = json!({"role": "tool", "tool_call_id": "call-1", "content": "noon"});
    let messages = json!([{"role": "user", "content": "Hi"}, stray]);
    let response = ask(&gateway, &json!({"model": "m", "messages": messages})).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["error"]["param"], "messages[1].role");
}

#[tokio::test]
async fn the_guard_responds_itself() {
    let gateway = gateway_of(shop().guarded_against("Poison")).await;
    let fine = ask(&gateway, &question("Hello")).await;
    assert_eq!(
        fine.json()["choices"][0]["message"]["content"],
        "Hello! How can I help you?"
    );

    let denied = ask(&gateway, &question("How is poison made?")).await;
    assert_eq!(denied.status, StatusCode::OK);
    assert!(!denied.headers.contains_key("x-envoy-upstream-service-time"));
    let body = denied.json();
    assert_eq!(body["model"], "from-security-guard");
    assert!(body.get("created").is_none());
    let said = body["choices"][0]["message"]["content"].as_str().unwrap();
    let verdict: Value = serde_json::from_str(said).unwrap();
    assert!(verdict["denyMessage"].is_string() && verdict["blockedDetails"].is_array());

    let stream = with(question("poison!"), json!({"stream": true}));
    let denied = ask(&gateway, &stream).await;
    assert_eq!(
        denied.headers["content-type"],
        "text/event-stream;charset=UTF-8"
    );
    assert!(denied.text().starts_with("data:{"), "{}", denied.text());
    assert!(
        denied.text().ends_with("\n\ndata: [DONE]"),
        "{}",
        denied.text()
    );
    assert_eq!(denied.text().matches("data:").count(), 3);
}

#[tokio::test]
async fn the_cache_responds_to_a_repeated_last_message_in_any_conversation() {
    let gateway = gateway_of(shop().cached()).await;
    let first = ask(&gateway, &question("What is my name?")).await.json();
    assert_ne!(first["model"], "from-cache");
    let other = json!({"model": "m", "messages": [
        {"role": "user", "content": "My name is Ada."},
        {"role": "user", "content": "What is my name?"},
    ]});
    let hit = ask(&gateway, &other).await;
    assert_eq!(
        hit.headers["content-type"],
        "application/json; charset=utf-8"
    );
    let body = hit.json();
    assert_eq!(body["id"], "from-cache");
    let text = |body: &Value| body["choices"][0]["message"]["content"].clone();
    assert_eq!(text(&body), text(&first));

    let stream = ask(&gateway, &with(other.clone(), json!({"stream": true}))).await;
    assert_eq!(
        stream.headers["content-type"],
        "text/event-stream; charset=utf-8"
    );
    assert!(
        stream.text().ends_with("\n\ndata:[DONE]\n\n"),
        "{}",
        stream.text()
    );

    let mut request = post(&chat_url(&gateway), other.to_string());
    let on = HeaderValue::from_static("on");
    request.headers_mut().insert("x-higress-skip-ai-cache", on);
    let fresh = send(&client(), request).await.json();
    assert_eq!(text(&fresh), "Your name is Ada.");
}
