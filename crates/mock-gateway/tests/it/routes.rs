//! Which requests reach a route, and the responses without one.

use http::{HeaderValue, StatusCode};
use mock_gateway::{Backend, GatewayConfig, MockResponse, Route, Script};

use crate::support::{
    chat_gateway, chat_route, chat_url, client, get, post, raw_exchange, send, start,
};

#[tokio::test]
async fn a_path_without_a_route_is_an_empty_404_of_the_gateway() {
    let gateway = chat_gateway().await;
    let response = send(&client(), get(&gateway.url("/elsewhere"))).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    assert_eq!(response.headers["server"], "istio-envoy");
    assert_eq!(response.headers["content-length"], "0");
    assert!(
        !response
            .headers
            .contains_key("x-envoy-upstream-service-time")
    );
}

#[tokio::test]
async fn the_longest_prefix_gets_the_request() {
    let route = |prefix, text: &'static str| {
        let mock = MockResponse::document(StatusCode::OK, "text/plain", text);
        Route::new(prefix, Backend::Script(Script::new(mock)))
    };
    let gateway = start(
        GatewayConfig::new()
            .route(route("/a", "short"))
            .route(route("/a/b", "long")),
    )
    .await;
    assert_eq!(
        send(&client(), get(&gateway.url("/a/b/c"))).await.text(),
        "long"
    );
    assert_eq!(
        send(&client(), get(&gateway.url("/a/bc"))).await.text(),
        "short"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_a_text() {
    let config = GatewayConfig::new()
        .route(chat_route())
        .body_limit_bytes(10);
    let gateway = start(config).await;
    let response = send(&client(), post(&chat_url(&gateway), "01234567890")).await;
    assert_eq!(
        (response.status, response.text()),
        (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
    );
    assert_eq!(response.headers["content-type"], "text/plain");
}

#[tokio::test]
async fn a_chunked_body_over_the_limit_is_refused_too() {
    let config = GatewayConfig::new()
        .route(chat_route())
        .body_limit_bytes(10);
    let gateway = start(config).await;
    let request = b"POST /demo/v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
        transfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n";
    let response = raw_exchange(&gateway, request).await;
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    assert!(
        response.ends_with("\r\n\r\nPayload Too Large"),
        "{response}"
    );
}

#[tokio::test]
async fn a_head_over_60_kilobytes_is_an_empty_431() {
    let gateway = chat_gateway().await;
    let mut request = get(&gateway.url("/demo"));
    let value = HeaderValue::from_str(&"x".repeat(61 * 1024)).unwrap();
    request.headers_mut().insert("x-long", value);
    let response = send(&client(), request).await;
    assert_eq!(response.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert_eq!(response.headers["server"], "istio-envoy");
    assert!(response.body.is_empty());
}
