//! The wire format of each chat provider, as the gateway passes it on.

use http::StatusCode;
use mock_gateway::{Chat, ChatDialect, Rule, Rules};
use serde_json::{Value, json};

use crate::support::{Response, ask, chat_url, client, gateway_of, post, question, send, with};

fn model(dialect: ChatDialect) -> Chat {
    Chat::new(dialect).rules(Rules::new().rule(Rule::new("time", "clock", json!({"zone": "UTC"}))))
}

fn clock() -> Value {
    json!([{"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}])
}

fn streamed(text: &str) -> Value {
    with(question(text), json!({"stream": true}))
}

/// The JSON of each event, and whether `[DONE]` came after them.
fn events(response: &Response) -> (Vec<Value>, bool) {
    let text = response.text();
    let mut data: Vec<&str> = text
        .split_terminator("\n\n")
        .map(|event| event.trim_start_matches("data:").trim())
        .collect();
    let done = data.last() == Some(&"[DONE]");
    if done {
        data.pop();
    }
    let parse = |data: &&str| serde_json::from_str(data).unwrap_or_else(|_| panic!("{text}"));
    (data.iter().map(parse).collect(), done)
}

async fn stream_of(dialect: ChatDialect, body: &Value) -> (Vec<Value>, bool) {
    let gateway = gateway_of(model(dialect)).await;
    let response = ask(&gateway, body).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    assert_eq!(response.headers["content-type"], "text/event-stream");
    events(&response)
}

/// All texts at a path, joined.
fn joined(chunks: &[Value], path: &str) -> String {
    let texts = chunks.iter().filter_map(|chunk| chunk.pointer(path));
    texts.filter_map(Value::as_str).collect()
}

fn reason(chunks: &[Value]) -> Vec<&str> {
    let reasons = chunks
        .iter()
        .filter_map(|chunk| chunk.pointer("/choices/0/finish_reason")?.as_str());
    reasons.collect()
}

fn call_parts(chunks: &[Value]) -> Vec<&Value> {
    let parts = chunks.iter().filter_map(|chunk| {
        let delta = chunk.pointer("/choices/0/delta")?;
        delta.pointer("/tool_calls/0")
    });
    parts.collect()
}

#[tokio::test]
async fn all_dialects_have_the_same_text() {
    for dialect in [
        ChatDialect::OpenAi,
        ChatDialect::Vllm,
        ChatDialect::Qwen,
        ChatDialect::Claude,
        ChatDialect::Gemini,
        ChatDialect::MiniMax,
        ChatDialect::Spark,
    ] {
        let gateway = gateway_of(model(dialect)).await;
        let document = ask(&gateway, &question("What is 6 * 7?")).await.json();
        let said = &document["choices"][0]["message"]["content"];
        assert_eq!(said, "6 * 7 = 42.", "{dialect:?}");
        let (chunks, _) = events(&ask(&gateway, &streamed("What is 6 * 7?")).await);
        let part = match dialect {
            ChatDialect::MiniMax => "/choices/0/message/content",
            _ => "/choices/0/delta/content",
        };
        assert_eq!(joined(&chunks, part), "6 * 7 = 42.", "{dialect:?}");
    }
}

#[tokio::test]
async fn only_openai_vllm_and_qwen_end_with_done() {
    for (dialect, expected) in [
        (ChatDialect::OpenAi, true),
        (ChatDialect::Vllm, true),
        (ChatDialect::Qwen, true),
        (ChatDialect::Claude, false),
        (ChatDialect::Gemini, false),
        (ChatDialect::MiniMax, false),
        (ChatDialect::Spark, false),
    ] {
        let (chunks, done) = stream_of(dialect, &streamed("Hello")).await;
        assert_eq!(done, expected, "{dialect:?}");
        assert_eq!(reason(&chunks), ["stop"], "{dialect:?}");
    }
}

#[tokio::test]
async fn openai_sends_a_calls_name_once_and_its_arguments_in_parts() {
    let body = with(streamed("The time?"), json!({"tools": clock()}));
    let (chunks, _) = stream_of(ChatDialect::OpenAi, &body).await;
    let parts = call_parts(&chunks);
    assert_eq!(parts[0]["function"]["name"], "clock");
    assert!(parts.len() > 2, "{parts:?}");
    assert!(parts[1..].iter().all(|part| part.get("id").is_none()));
    let arguments: String = parts
        .iter()
        .filter_map(|part| part["function"]["arguments"].as_str())
        .collect();
    assert_eq!(arguments, r#"{"zone":"UTC"}"#);
    assert_eq!(reason(&chunks), ["tool_calls"]);
}

#[tokio::test]
async fn a_tool_that_had_to_be_called_is_a_normal_end() {
    let named = json!({"type": "function", "function": {"name": "clock"}});
    let body = with(
        question("Hi"),
        json!({"tools": clock(), "tool_choice": named}),
    );
    let gateway = gateway_of(model(ChatDialect::Vllm)).await;
    let choice = ask(&gateway, &body).await.json()["choices"][0].clone();
    assert_eq!(
        choice["message"]["tool_calls"][0]["function"]["name"],
        "clock"
    );
    assert_eq!(choice["finish_reason"], "stop");
}

#[tokio::test]
async fn vllm_reasons_by_default_and_leaves_out_unset_fields() {
    let (chunks, _) = stream_of(ChatDialect::Vllm, &streamed("Hello")).await;
    assert!(joined(&chunks, "/choices/0/delta/reasoning").contains("Hello"));
    let first = &chunks[0]["choices"][0];
    assert!(first.get("finish_reason").is_none() && first.get("logprobs").is_none());
    let last = &chunks[chunks.len() - 1]["choices"][0];
    assert!(last["delta"]["content"].is_string(), "{last}");
    assert_eq!(last["finish_reason"], "stop");

    let off = json!({"chat_template_kwargs": {"enable_thinking": false}});
    let (chunks, _) = stream_of(ChatDialect::Vllm, &with(streamed("Hello"), off)).await;
    assert_eq!(joined(&chunks, "/choices/0/delta/reasoning"), "");
}

#[tokio::test]
async fn vllm_repeats_a_tools_name_in_every_part() {
    let body = with(streamed("The time?"), json!({"tools": clock()}));
    let (chunks, _) = stream_of(ChatDialect::Vllm, &body).await;
    let parts = call_parts(&chunks);
    assert!(parts.len() > 2, "{parts:?}");
    assert!(parts.iter().all(|part| part["function"]["name"] == "clock"));
    let id = parts[0]["id"].as_str().unwrap();
    assert!(id.starts_with("chatcmpl-tool-"), "{id}");
}

#[tokio::test]
async fn vllm_errors_have_the_status_for_a_code() {
    let gateway = gateway_of(model(ChatDialect::Vllm)).await;
    let response = ask(&gateway, &json!({"model": "m"})).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["error"]["code"], 400);
    assert_eq!(response.json()["error"]["type"], "BadRequestError");
}

#[tokio::test]
async fn qwen_reasons_on_request_within_its_budget() {
    let asked = json!({"enable_thinking": true, "thinking_budget": 3,
        "stream_options": {"include_usage": true}});
    let (chunks, _) = stream_of(ChatDialect::Qwen, &with(streamed("Hello"), asked)).await;
    let thoughts: Vec<&Value> = chunks
        .iter()
        .filter_map(|chunk| chunk.pointer("/choices/0/delta"))
        .filter(|delta| delta["reasoning_content"].is_string())
        .collect();
    assert_eq!(thoughts.len(), 3);
    assert!(thoughts.iter().all(|delta| delta["content"].is_null()));
    let usage = &chunks[chunks.len() - 1]["usage"];
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 3);

    let (chunks, _) = stream_of(ChatDialect::Qwen, &streamed("Hello")).await;
    assert_eq!(joined(&chunks, "/choices/0/delta/reasoning_content"), "");
}

#[tokio::test]
async fn qwen_continues_a_call_with_empty_names() {
    let body = with(streamed("The time?"), json!({"tools": clock()}));
    let (chunks, _) = stream_of(ChatDialect::Qwen, &body).await;
    let parts = call_parts(&chunks);
    assert_eq!(parts[0]["function"]["name"], "clock");
    for part in &parts[1..] {
        assert_eq!(
            (&part["id"], &part["type"]),
            (&json!(""), &json!("function"))
        );
        assert!(part["function"]["name"].is_null(), "{part}");
    }
    let gateway = gateway_of(model(ChatDialect::Qwen)).await;
    let body = with(question("The time?"), json!({"tools": clock()}));
    let message = ask(&gateway, &body).await.json()["choices"][0]["message"].clone();
    assert_eq!(message["tool_calls"][0]["index"], 0);
    assert!(message["content"].is_null() && message["refusal"].is_null());
}

#[tokio::test]
async fn qwen_has_narrower_ranges_than_openai_and_identifies_the_request() {
    let gateway = gateway_of(model(ChatDialect::Qwen)).await;
    for wrong in [
        json!({"temperature": 2}),
        json!({"top_p": 0}),
        json!({"tools": clock(), "tool_choice": "required"}),
    ] {
        let response = ask(&gateway, &with(question("Hi"), wrong.clone())).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{wrong}");
        let body = response.json();
        assert_eq!(body["error"]["code"], "invalid_parameter_error", "{body}");
        assert!(body["request_id"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn claude_counts_content_blocks() {
    let extra = json!({"tools": clock(), "reasoning_effort": "low"});
    let (chunks, _) = stream_of(ChatDialect::Claude, &with(streamed("The time?"), extra)).await;
    assert!(!joined(&chunks, "/choices/0/delta/reasoning").is_empty());
    let calls: Vec<&Value> = chunks
        .iter()
        .filter_map(|chunk| chunk.pointer("/choices/0"))
        .filter(|choice| choice["delta"]["tool_calls"].is_array())
        .collect();
    for choice in &calls {
        assert_eq!(choice["index"], 1, "{choice}");
        assert_eq!(choice["delta"]["tool_calls"][0]["index"], 1, "{choice}");
    }
    let later = &calls[1]["delta"]["tool_calls"][0];
    assert_eq!(
        (&later["type"], &later["function"]["name"]),
        (&json!(""), &json!(""))
    );
    let last = &chunks[chunks.len() - 1];
    assert_eq!(last["choices"], json!([]));
    assert!(last["usage"]["total_tokens"].is_u64(), "{last}");
}

#[tokio::test]
async fn claude_has_another_field_for_reasoning_in_a_whole_response() {
    let gateway = gateway_of(model(ChatDialect::Claude)).await;
    let body = with(question("Hello"), json!({"thinking": {"type": "enabled"}}));
    let message = ask(&gateway, &body).await.json()["choices"][0]["message"].clone();
    assert!(message["reasoning_content"].is_string(), "{message}");
}

#[tokio::test]
async fn gemini_sends_whole_tool_calls_and_usage_in_every_chunk() {
    let rules = Rules::new()
        .rule(Rule::new("time", "clock", json!({"zone": "UTC"})))
        .rule(Rule::new("time", "calendar", json!({})));
    let gateway = gateway_of(Chat::new(ChatDialect::Gemini).rules(rules)).await;
    let calendar = json!({"type": "function", "function": {"name": "calendar"}});
    let tools = json!([clock()[0], calendar]);
    let response = ask(
        &gateway,
        &with(streamed("The time?"), json!({"tools": tools})),
    )
    .await;
    let (chunks, _) = events(&response);
    let parts = call_parts(&chunks);
    let indexes: Vec<&Value> = parts.iter().map(|part| &part["index"]).collect();
    assert_eq!(indexes, [0, 0]);
    assert_eq!(parts[0]["function"]["arguments"], r#"{"zone":"UTC"}"#);
    assert_ne!(parts[0]["id"], parts[1]["id"]);
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["usage"]["prompt_tokens"].is_u64())
    );
    assert_eq!(reason(&chunks), ["stop"]);
    assert!(chunks[chunks.len() - 1]["choices"][0]["delta"].is_null());
}

#[tokio::test]
async fn gemini_has_its_own_finish_reason_for_the_limit() {
    let body = with(streamed("Count to 9"), json!({"max_tokens": 3}));
    let (chunks, _) = stream_of(ChatDialect::Gemini, &body).await;
    assert_eq!(reason(&chunks), ["max_tokens"]);
}

#[tokio::test]
async fn minimax_and_spark_report_the_usage_so_far() {
    for dialect in [ChatDialect::MiniMax, ChatDialect::Spark] {
        let (chunks, _) = stream_of(dialect, &streamed("Count to 3")).await;
        let counts: Vec<u64> = chunks
            .iter()
            .map(|chunk| chunk["usage"]["completion_tokens"].as_u64().unwrap())
            .collect();
        assert!(
            counts.is_sorted() && counts[0] == 1,
            "{dialect:?}: {counts:?}"
        );
    }
    let (chunks, _) = stream_of(ChatDialect::MiniMax, &streamed("Hi")).await;
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["choices"][0].get("delta").is_none())
    );
    let (chunks, _) = stream_of(ChatDialect::Spark, &streamed("Hi")).await;
    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["object"] == "chat.completion")
    );
}

#[tokio::test]
async fn every_dialect_rejects_an_invalid_body() {
    for dialect in [
        ChatDialect::Claude,
        ChatDialect::Gemini,
        ChatDialect::MiniMax,
        ChatDialect::Spark,
    ] {
        let gateway = gateway_of(model(dialect)).await;
        for body in [
            "{",
            "[]",
            "{\"model\":\"m\"}",
            "{\"model\":1,\"messages\":[]}",
        ] {
            let response = send(&client(), post(&chat_url(&gateway), body)).await;
            assert_eq!(
                response.status,
                StatusCode::BAD_REQUEST,
                "{dialect:?} {body}"
            );
            assert!(response.json()["error"]["message"].is_string());
        }
    }
}
