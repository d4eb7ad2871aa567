//! Higress ai-quota, as a client sees it.

use http::StatusCode;
use mock_gateway::{
    Authentication, Gateway, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, Quota,
};
use serde_json::Value;

use crate::support::{
    chat_route, chat_url, client, post, question, send, start, with_headers, with_text,
};

async fn governed(quota: &Quota) -> Gateway {
    let key_auth = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key")
        .consumer("alice", "sk-alice")
        .consumer("root", "sk-root");
    let route = chat_route()
        .authentication(Authentication::KeyAuth(key_auth))
        .governed_by(quota.clone());
    start(GatewayConfig::new().route(route)).await
}

async fn call(gateway: &Gateway, key: &'static str, tail: &str, body: &str) -> (u16, String) {
    let url = format!("{}{tail}", chat_url(gateway));
    let request = with_headers(post(&url, body.to_owned()), [("x-api-key", key)]);
    send(&client(), request).await.status_and_text()
}

#[tokio::test]
async fn responses_are_charged_until_the_balance_is_used_up() {
    let quota = Quota::new("root").balance("alice", 1);
    let gateway = governed(&quota).await;
    let question = question("Hello").to_string();
    let (status, body) = call(&gateway, "sk-alice", "", &question).await;
    assert_eq!(status, 200);
    let response: Value = serde_json::from_str(&body).unwrap();
    let cost = response["usage"]["total_tokens"].as_i64().unwrap();
    assert_eq!(quota.left("alice"), Some(1 - cost));
    assert_eq!(
        call(&gateway, "sk-alice", "", &question).await,
        with_text(403, "Request denied by ai quota check, No quota left")
    );
}

#[tokio::test]
async fn a_consumer_without_a_balance_is_refused() {
    let quota = Quota::new("root");
    let gateway = governed(&quota).await;
    let refused = call(&gateway, "sk-alice", "", "{}").await;
    assert_eq!(
        refused,
        with_text(403, "Request denied by ai quota check, No quota left")
    );
}

#[tokio::test]
async fn a_caller_without_a_name_is_refused() {
    let gateway = start(GatewayConfig::new().route(chat_route().governed_by(Quota::new("x"))));
    let gateway = gateway.await;
    assert_eq!(
        call(&gateway, "", "", "{}").await,
        with_text(
            401,
            "Request denied by ai quota check. No Key Authentication information found."
        )
    );
    let request = post(&chat_url(&gateway), "{}");
    let request = with_headers(request, [("x-mse-consumer", "")]);
    let refused = send(&client(), request).await;
    assert_eq!(
        refused.status_and_text(),
        with_text(
            403,
            "Request denied by ai quota check. Unauthorized consumer."
        )
    );
}

#[tokio::test]
async fn only_chat_completions_are_charged() {
    let gateway = governed(&Quota::new("root")).await;
    let request = post(&gateway.url("/demo/v1/embeddings"), "{}");
    let request = with_headers(request, [("x-api-key", "sk-alice")]);
    let response = send(&client(), request).await;
    assert_ne!(response.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_administrator_reads_sets_and_changes_balances() {
    let gateway = governed(&Quota::new("root")).await;
    let admin = async |tail: &str, body: &str| call(&gateway, "sk-root", tail, body).await;
    assert_eq!(
        admin("/quota/refresh", "consumer=alice&quota=100").await,
        with_text(200, "refresh quota successful")
    );
    assert_eq!(
        admin("/quota/delta", "consumer=alice&value=-30").await,
        with_text(200, "delta quota successful")
    );
    assert_eq!(
        admin("/quota?consumer=alice", "").await,
        with_text(200, "{\"consumer\":\"alice\",\"quota\":70}")
    );
    assert_eq!(
        admin("/quota?consumer=nobody", "").await,
        with_text(200, "{\"consumer\":\"nobody\",\"quota\":0}")
    );
}

#[tokio::test]
async fn the_administrators_mistakes_and_others_attempts_are_refused() {
    let gateway = governed(&Quota::new("root")).await;
    let denied = |text: &str| with_text(403, &format!("Request denied by ai quota check. {text}"));
    let intruder = call(
        &gateway,
        "sk-alice",
        "/quota/refresh",
        "consumer=alice&quota=1",
    );
    assert_eq!(intruder.await, denied("Unauthorized admin consumer."));
    for (tail, text) in [
        ("/quota", "consumer can't be empty."),
        (
            "/quota/refresh",
            "consumer can't be empty and quota must be integer.",
        ),
        (
            "/quota/delta",
            "consumer can't be empty and value must be integer.",
        ),
    ] {
        assert_eq!(call(&gateway, "sk-root", tail, "").await, denied(text));
    }
}
