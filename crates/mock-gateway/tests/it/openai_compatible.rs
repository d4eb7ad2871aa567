//! The strict server of chat completions behind a route.

use http::{HeaderValue, StatusCode, header};
use mock_gateway::{Clock, GatewayConfig};
use serde_json::{Value, json};

use crate::support::{
    Response, ask, chat_gateway, chat_route, chat_url, client, get, post, question, send, start,
    with,
};

#[tokio::test]
async fn a_question_is_answered_from_the_conversation() {
    let gateway = chat_gateway().await;
    let response = ask(
        &gateway,
        &json!({"model": "echo-1", "messages": [
            {"role": "user", "content": "My name is Ada."},
            {"role": "assistant", "content": "Hello Ada!"},
            {"role": "user", "content": "What is my name?"},
        ]}),
    )
    .await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.headers["content-type"], "application/json");
    let completion = response.json();
    assert_eq!(completion["object"], "chat.completion");
    assert_eq!(completion["model"], "echo-1");
    let choice = &completion["choices"][0];
    assert_eq!(choice["message"]["content"], "Your name is Ada.");
    assert_eq!(choice["finish_reason"], "stop");
    let usage = json!({"prompt_tokens": 13, "completion_tokens": 5, "total_tokens": 18});
    assert_eq!(completion["usage"], usage);
}

#[tokio::test]
async fn a_stream_has_the_text_of_the_document_with_one_token_a_chunk() {
    let gateway = chat_gateway().await;
    let body = question("你好, what is 6 * 7?");
    let document = ask(&gateway, &body).await.json();
    let response = ask(&gateway, &with(body, json!({"stream": true}))).await;
    assert_eq!(response.headers["content-type"], "text/event-stream");
    assert_eq!(response.headers["transfer-encoding"], "chunked");

    let chunks = response.chunks();
    let (first, rest) = chunks.split_first().unwrap();
    let (last, tokens) = rest.split_last().unwrap();
    assert_eq!(
        first["choices"][0]["delta"],
        json!({"role": "assistant", "content": ""})
    );
    assert_eq!(last["choices"][0]["delta"], json!({}));
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    let text: String = tokens
        .iter()
        .map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().unwrap())
        .collect();
    assert_eq!(text, document["choices"][0]["message"]["content"]);
    assert_eq!(tokens.len() as u64, document["usage"]["completion_tokens"]);
    for chunk in &chunks {
        assert_eq!(chunk["id"], first["id"]);
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert!(
            chunk.get("usage").is_none(),
            "usage without being asked: {chunk}"
        );
    }
}

#[tokio::test]
async fn usage_is_last_and_without_choices_if_requested() {
    let gateway = chat_gateway().await;
    let extra = json!({"stream": true, "stream_options": {"include_usage": true}});
    let chunks = ask(&gateway, &with(question("Hello"), extra))
        .await
        .chunks();
    let (last, earlier) = chunks.split_last().unwrap();
    assert_eq!(last["choices"], json!([]));
    let usage = json!({"prompt_tokens": 1, "completion_tokens": 8, "total_tokens": 9});
    assert_eq!(last["usage"], usage);
    assert!(earlier.iter().all(|chunk| chunk["usage"] == Value::Null));
    assert!(earlier.iter().all(|chunk| chunk.get("usage").is_some()));
}

#[tokio::test]
async fn the_response_is_cut_at_the_limit_of_tokens() {
    let gateway = chat_gateway().await;
    for name in ["max_tokens", "max_completion_tokens"] {
        let completion = ask(&gateway, &with(question("Count to 9"), json!({name: 3})))
            .await
            .json();
        assert_eq!(completion["choices"][0]["message"]["content"], "1, 2");
        assert_eq!(completion["choices"][0]["finish_reason"], "length");
        assert_eq!(completion["usage"]["completion_tokens"], 3);
    }
}

#[tokio::test]
async fn the_response_ends_before_a_stop_text() {
    let gateway = chat_gateway().await;
    let body = with(question("Count to 9"), json!({"stop": [", 4"]}));
    let completion = ask(&gateway, &body).await.json();
    assert_eq!(completion["choices"][0]["message"]["content"], "1, 2, 3");
    assert_eq!(completion["choices"][0]["finish_reason"], "stop");
}

#[track_caller]
fn assert_openai_error(response: &Response, status: u16, parameter: &Value, code: &Value) {
    assert_eq!(response.status.as_u16(), status);
    assert_eq!(response.headers["content-type"], "application/json");
    assert!(
        response
            .headers
            .contains_key("x-envoy-upstream-service-time")
    );
    let error = &response.json()["error"];
    assert_eq!(error["type"], "invalid_request_error");
    assert_eq!((&error["param"], &error["code"]), (parameter, code));
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|message| !message.is_empty())
    );
}

#[tokio::test]
async fn an_invalid_body_is_an_error_in_the_openai_shape() {
    let gateway = chat_gateway().await;
    let broken = send(&client(), post(&chat_url(&gateway), "{")).await;
    assert_openai_error(&broken, 400, &Value::Null, &Value::Null);
    let missing = json!("missing_required_parameter");
    let messages = question("hi")["messages"].clone();
    let no_model = ask(&gateway, &json!({"messages": messages})).await;
    assert_openai_error(&no_model, 400, &json!("model"), &missing);
    let no_messages = ask(&gateway, &json!({"model": "m"})).await;
    assert_openai_error(&no_messages, 400, &json!("messages"), &missing);
    let wrong_stop = ask(&gateway, &with(question("hi"), json!({"stop": 7}))).await;
    assert_openai_error(&wrong_stop, 400, &json!("stop"), &json!("invalid_type"));
}

#[tokio::test]
async fn the_upstream_rejects_wrong_paths_methods_and_media_types() {
    let gateway = chat_gateway().await;
    let path = send(&client(), post(&gateway.url("/demo/v1/nothing"), "{}")).await;
    assert_openai_error(&path, 404, &Value::Null, &Value::Null);
    let method = send(&client(), get(&chat_url(&gateway))).await;
    assert_openai_error(&method, 405, &Value::Null, &json!("method_not_supported"));
    let mut request = post(&chat_url(&gateway), "{}");
    request
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    let media_type = send(&client(), request).await;
    assert_openai_error(
        &media_type,
        400,
        &Value::Null,
        &json!("unsupported_content_type"),
    );
}

#[tokio::test]
async fn a_model_that_the_route_does_not_have_is_not_found() {
    let gateway = start(GatewayConfig::new().route(chat_route().model("known"))).await;
    let known = ask(&gateway, &with(question("hi"), json!({"model": "known"}))).await;
    assert_eq!(known.status, StatusCode::OK);
    let unknown = ask(&gateway, &question("hi")).await;
    assert_openai_error(&unknown, 404, &Value::Null, &json!("model_not_found"));
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_bytes() {
    let stream = async || {
        let config = GatewayConfig::new()
            .route(chat_route())
            .seed(5)
            .clock(Clock::fixed(9_000));
        let gateway = start(config).await;
        ask(
            &gateway,
            &with(question("Count to 20"), json!({"stream": true})),
        )
        .await
        .body
    };
    assert_eq!(stream().await, stream().await);
}
