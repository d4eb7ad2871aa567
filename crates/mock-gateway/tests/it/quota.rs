//! What a client sees of Higress ai-quota.

use http::{HeaderValue, StatusCode};
use mock_gateway::{
    Authentication, Gateway, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, Quota,
};
use serde_json::Value;

use crate::support::{chat_url, client, post, question, send, start, upstream_route};

async fn governed(quota: &Quota) -> Gateway {
    let key_auth = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key")
        .consumer("alice", "sk-alice")
        .consumer("root", "sk-root");
    let route = upstream_route()
        .authentication(Authentication::KeyAuth(key_auth))
        .governed_by(quota.clone());
    start(GatewayConfig::new().route(route)).await
}

async fn call(gateway: &Gateway, key: &'static str, tail: &str, body: &str) -> (u16, String) {
    let url = format!("{}{tail}", chat_url(gateway));
    let mut request = post(&url, body.to_owned());
    let key = HeaderValue::from_static(key);
    request.headers_mut().insert("x-api-key", key);
    let response = send(&client(), request).await;
    (response.status.as_u16(), response.text().to_owned())
}

fn said(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
}

#[tokio::test]
async fn responses_are_paid_for_until_nothing_is_left() {
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
        said(403, "Request denied by ai quota check, No quota left")
    );
}

#[tokio::test]
async fn a_consumer_who_was_never_given_anything_is_refused() {
    let quota = Quota::new("root");
    let gateway = governed(&quota).await;
    let refused = call(&gateway, "sk-alice", "", "{}").await;
    assert_eq!(
        refused,
        said(403, "Request denied by ai quota check, No quota left")
    );
}

#[tokio::test]
async fn a_caller_without_a_name_is_refused() {
    let gateway = start(GatewayConfig::new().route(upstream_route().governed_by(Quota::new("x"))));
    let gateway = gateway.await;
    assert_eq!(
        call(&gateway, "", "", "{}").await,
        said(
            401,
            "Request denied by ai quota check. No Key Authentication information found."
        )
    );
    let mut request = post(&chat_url(&gateway), "{}");
    let nobody = HeaderValue::from_static("");
    request.headers_mut().insert("x-mse-consumer", nobody);
    let refused = send(&client(), request).await;
    assert_eq!(
        (refused.status.as_u16(), refused.text()),
        (
            403,
            "Request denied by ai quota check. Unauthorized consumer."
        )
    );
}

#[tokio::test]
async fn only_chat_completions_are_paid_for() {
    let gateway = governed(&Quota::new("root")).await;
    let mut request = post(&gateway.url("/demo/v1/embeddings"), "{}");
    let key = HeaderValue::from_static("sk-alice");
    request.headers_mut().insert("x-api-key", key);
    let response = send(&client(), request).await;
    assert_ne!(response.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_administrator_reads_sets_and_changes_balances() {
    let gateway = governed(&Quota::new("root")).await;
    let admin = async |tail: &str, body: &str| call(&gateway, "sk-root", tail, body).await;
    assert_eq!(
        admin("/quota/refresh", "consumer=alice&quota=100").await,
        said(200, "refresh quota successful")
    );
    assert_eq!(
        admin("/quota/delta", "consumer=alice&value=-30").await,
        said(200, "delta quota successful")
    );
    assert_eq!(
        admin("/quota?consumer=alice", "").await,
        said(200, "{\"consumer\":\"alice\",\"quota\":70}")
    );
    assert_eq!(
        admin("/quota?consumer=nobody", "").await,
        said(200, "{\"consumer\":\"nobody\",\"quota\":0}")
    );
}

#[tokio::test]
async fn the_administrators_mistakes_and_others_attempts_are_refused() {
    let gateway = governed(&Quota::new("root")).await;
    let denied = |text: &str| said(403, &format!("Request denied by ai quota check. {text}"));
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
