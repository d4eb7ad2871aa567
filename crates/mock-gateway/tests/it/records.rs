//! What the gateway records of a client.

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use mock_gateway::{
    Backend, Ending, GatewayConfig, MockResponse, Outcome, RecordedRequest, Route, Script,
    ScriptedResponse,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{MOMENT, PATIENCE, client, get, raw_exchange, scripted, send, start};

fn ok() -> Script {
    Script::new(MockResponse::document(StatusCode::OK, "text/plain", "ok"))
}

#[tokio::test]
async fn a_request_is_recorded_as_it_was_received() {
    let gateway = scripted(ok()).await;
    let request = b"POST /a%20b/?q=%41&&x HTTP/1.1\r\nHost: x\r\nX-Second: 2\r\n\
        X-First: 1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xffab";
    raw_exchange(&gateway, request).await;
    let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
    assert_eq!(record.method, Method::POST);
    assert_eq!(record.path_and_query, "/a%20b/?q=%41&&x");
    let names: Vec<&str> = record
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "host",
            "x-second",
            "x-first",
            "connection",
            "content-length"
        ]
    );
    assert_eq!(record.header("x-first"), Some("1"));
    assert_eq!(record.body, b"\xffab".as_slice());
    assert_eq!(record.status, Some(StatusCode::OK));
    assert_eq!(record.outcome, Outcome::Completed);
}

#[tokio::test]
async fn a_new_connection_has_a_new_number() {
    let gateway = scripted(ok()).await;
    for _ in 0..2 {
        send(&client(), get(&gateway.url("/"))).await;
    }
    let connections: Vec<u64> = gateway
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(connections, [0, 1]);
}

async fn outcome_when_the_client_leaves(response: impl Into<ScriptedResponse>) -> RecordedRequest {
    let gateway = scripted(Script::new(response)).await;
    let url = gateway.url("/");
    let calling = tokio::spawn(async move {
        let response = client().request(get(&url)).await.unwrap();
        response.into_body().collect().await.map(drop)
    });
    let requests = gateway.wait_for_requests(1, PATIENCE).await.unwrap();
    assert_eq!(requests[0].outcome, Outcome::Answering);
    calling.abort();
    gateway.wait_for_outcome(0, PATIENCE).await.unwrap()
}

#[tokio::test]
async fn a_client_that_disconnects_is_recorded_within_the_body_and_before_the_head() {
    let hanging = MockResponse::event_stream()
        .bytes("data: 1\n\n")
        .ending(Ending::Hang);
    let record = outcome_when_the_client_leaves(hanging).await;
    assert_eq!(record.outcome, Outcome::AbortedByClient);
    let record = outcome_when_the_client_leaves(ScriptedResponse::Silence).await;
    assert_eq!(
        (record.outcome, record.status),
        (Outcome::AbortedByClient, None)
    );
}

#[tokio::test]
async fn a_client_that_disconnects_during_its_upload_is_recorded() {
    let gateway = scripted(ok()).await;
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    let request = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
    stream.write_all(request).await.unwrap();
    drop(stream);
    let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
    assert_eq!(record.outcome, Outcome::AbortedByClient);
}

#[tokio::test]
async fn an_invalid_body_framing_is_a_bad_request() {
    let gateway = scripted(ok()).await;
    let request = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    let response = raw_exchange(&gateway, request).await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert!(response.ends_with("\r\n\r\nBad Request"), "{response}");
}

#[tokio::test]
async fn waiting_times_out_and_lists_the_recorded_requests() {
    let gateway = scripted(ok()).await;
    send(&client(), get(&gateway.url("/seen"))).await;
    let error = gateway.wait_for_requests(2, MOMENT).await.unwrap_err();
    assert!(error.to_string().contains("/seen"), "{error}");
}

#[tokio::test]
async fn old_requests_are_dropped_and_numbers_go_on() {
    let route = Route::new("/", Backend::Script(ok()));
    let gateway = start(GatewayConfig::new().route(route).requests_kept(2)).await;
    for _ in 0..3 {
        send(&client(), get(&gateway.url("/"))).await;
    }
    let requests = gateway.wait_for_requests(3, PATIENCE).await.unwrap();
    assert_eq!(
        requests
            .iter()
            .map(|request| request.number)
            .collect::<Vec<_>>(),
        [1, 2]
    );
}
