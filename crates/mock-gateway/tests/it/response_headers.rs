//! The headers that the gateway adds to every response.

use http::HeaderValue;
use mock_gateway::{Clock, GatewayConfig};

use crate::support::{chat_gateway, chat_route, client, get, raw_exchange, send, start};

#[tokio::test]
async fn times_come_from_the_clock_and_names_are_in_lower_case() {
    let clock = Clock::fixed(784_111_777_123);
    let gateway = start(GatewayConfig::new().route(chat_route()).clock(clock)).await;
    let request = b"GET /demo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let response = raw_exchange(&gateway, request).await;
    for line in [
        "server: istio-envoy",
        "date: Sun, 06 Nov 1994 08:49:37 GMT",
        "req-arrive-time: 784111777123",
        "resp-start-time: 784111777123",
        "req-cost-time: 0",
        "x-envoy-upstream-service-time: 0",
    ] {
        assert!(
            response.contains(&format!("\r\n{line}\r\n")),
            "no {line} in {response}"
        );
    }
}

#[tokio::test]
async fn a_request_identifier_is_echoed_or_made_from_the_seed() {
    let identifier = async |seed| {
        let gateway = start(GatewayConfig::new().seed(seed)).await;
        send(&client(), get(&gateway.url("/"))).await.headers["x-request-id"].clone()
    };
    assert_eq!(identifier(1).await, identifier(1).await);
    assert_ne!(identifier(1).await, identifier(2).await);

    let gateway = chat_gateway().await;
    let mut request = get(&gateway.url("/"));
    request
        .headers_mut()
        .insert("x-request-id", HeaderValue::from_static("mine"));
    assert_eq!(
        send(&client(), request).await.headers["x-request-id"],
        "mine"
    );
}
