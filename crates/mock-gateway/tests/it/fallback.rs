//! A route that falls back to another service.

use http::StatusCode;
use mock_gateway::{
    Backend, ClusterRateLimit, ErrorClass, Fallback, Limit, MockResponse, Route, Script, Upstream,
};
use serde_json::json;

use crate::support::{ask, chat_url, client, post, question, routed, send, with};

const FALLBACK_FROM: &str = "x-higress-fallback-from";

fn upstream() -> Backend {
    Backend::Upstream(Upstream::OpenAiCompatible)
}

fn failing(status: StatusCode) -> Backend {
    Backend::Script(Script::new(MockResponse::document(
        status,
        "text/plain",
        "no",
    )))
}

#[tokio::test]
async fn another_service_responds_for_one_that_fails_and_the_response_is_marked() {
    let fallback = Fallback::new([ErrorClass::Server], upstream()).model("spare");
    let route = Route::new("/demo", failing(StatusCode::SERVICE_UNAVAILABLE)).fallback(fallback);
    let gateway = routed(route).await;
    let response = ask(&gateway, &question("Please count to 3.")).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.headers[FALLBACK_FROM], "ai-route-demo.internal");
    assert_eq!(response.json()["model"], "spare");
    let said = &response.json()["choices"][0]["message"]["content"];
    assert_eq!(said, "1, 2, 3.");
}

#[tokio::test]
async fn errors_of_another_class_are_passed_on() {
    let fallback = Fallback::new([ErrorClass::Server], upstream());
    let route = Route::new("/demo", failing(StatusCode::NOT_FOUND)).fallback(fallback);
    let response = ask(&routed(route).await, &question("Hi")).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    assert!(!response.headers.contains_key(FALLBACK_FROM));
}

#[tokio::test]
async fn a_response_without_an_error_needs_no_fallback() {
    let fallback = Fallback::new([ErrorClass::Server], failing(StatusCode::BAD_GATEWAY));
    let gateway = routed(Route::new("/demo", upstream()).fallback(fallback)).await;
    let response = ask(&gateway, &question("Hi")).await;
    assert_eq!(response.status, StatusCode::OK);
    assert!(!response.headers.contains_key(FALLBACK_FROM));
}

#[tokio::test]
async fn the_gateways_own_refusals_lead_to_the_fallback_too() {
    let fallback = Fallback::new([ErrorClass::Client], upstream());
    let route = Route::new("/demo", upstream())
        .governed_by(ClusterRateLimit::for_everyone(Limit::per_hour(1)))
        .fallback(fallback);
    let gateway = routed(route).await;
    let first = ask(&gateway, &question("Hi")).await;
    assert!(!first.headers.contains_key(FALLBACK_FROM));
    let second = ask(&gateway, &question("Hi")).await;
    assert_eq!(second.status, StatusCode::OK);
    assert!(second.headers.contains_key(FALLBACK_FROM));
}

#[tokio::test]
async fn a_body_too_large_to_be_sent_again_is_rejected() {
    let fallback = Fallback::new([ErrorClass::Client, ErrorClass::Server], upstream());
    let gateway = routed(Route::new("/demo", upstream()).fallback(fallback)).await;
    let body = with(question("Hi"), json!({"user": "x".repeat(1_024_000)}));
    let response = send(&client(), post(&chat_url(&gateway), body.to_string())).await;
    assert_eq!(
        (response.status, response.text()),
        (StatusCode::PAYLOAD_TOO_LARGE, "request_payload_too_large")
    );
}
