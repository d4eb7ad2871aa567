//! Exact responses, and exact failures.

use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use mock_gateway::{Ending, Latch, MockResponse, Origin, Outcome, Script, ScriptedResponse};

use crate::support::{
    MOMENT, PATIENCE, client, get, next_data, raw_exchange, scripted, send, timely,
};

#[tokio::test]
async fn status_headers_and_body_are_exact() {
    let mock = MockResponse::new(StatusCode::IM_A_TEAPOT)
        .header(header::SERVER, HeaderValue::from_static("teapot"))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
        .bytes(vec![0xff, 0x00])
        .made_by(Origin::Gateway);
    let gateway = scripted(Script::new(mock)).await;
    let response = send(&client(), get(&gateway.url("/"))).await;
    assert_eq!(response.status, StatusCode::IM_A_TEAPOT);
    assert_eq!(response.headers["server"], "teapot");
    assert_eq!(response.headers["content-type"], "text/html");
    assert!(
        !response
            .headers
            .contains_key("x-envoy-upstream-service-time")
    );
    assert_eq!(response.body, [0xff, 0x00].as_slice());
}

#[tokio::test]
async fn responses_come_in_turn_on_the_same_connection() {
    let busy = MockResponse::document(
        StatusCode::SERVICE_UNAVAILABLE,
        "text/plain",
        "no healthy upstream",
    );
    let fine = MockResponse::document(StatusCode::OK, "text/plain", "fine");
    let gateway = scripted(Script::new(busy).then(fine)).await;
    let client = client();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&client, get(&gateway.url("/"))).await.status.as_u16());
    }
    assert_eq!(statuses, [503, 200, 200]);
    let requests = gateway.requests();
    assert!(
        requests.iter().all(|request| request.connection == 0),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_reset_ends_the_body_after_its_steps() {
    let mock = MockResponse::event_stream()
        .bytes("data: 1\n\n")
        .ending(Ending::Reset);
    let gateway = scripted(Script::new(mock)).await;
    let response = timely(client().request(get(&gateway.url("/"))))
        .await
        .unwrap();
    let mut body = response.into_body();
    assert_eq!(next_data(&mut body).await, "data: 1\n\n");
    assert!(timely(body.frame()).await.unwrap().is_err());
    let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
    assert_eq!(record.outcome, Outcome::BrokenOffByGateway);
}

#[tokio::test]
async fn a_body_shorter_than_its_declared_length_is_an_error() {
    let mock = MockResponse::new(StatusCode::OK)
        .header(header::CONTENT_LENGTH, HeaderValue::from_static("10"))
        .bytes("short");
    let gateway = scripted(Script::new(mock)).await;
    let response = timely(client().request(get(&gateway.url("/"))))
        .await
        .unwrap();
    assert!(timely(response.into_body().collect()).await.is_err());
}

#[tokio::test]
async fn no_response_closes_the_connection_before_any_head() {
    let gateway = scripted(Script::new(ScriptedResponse::NoResponse)).await;
    assert!(
        timely(client().request(get(&gateway.url("/"))))
            .await
            .is_err()
    );
    let raw = raw_exchange(&gateway, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(raw, "");
    let record = gateway.wait_for_outcome(1, PATIENCE).await.unwrap();
    assert_eq!(
        (record.outcome, record.status),
        (Outcome::BrokenOffByGateway, None)
    );
}

#[tokio::test]
async fn a_head_waits_for_its_latch() {
    let latch = Latch::closed();
    let mock = MockResponse::document(StatusCode::OK, "text/plain", "late").head_waits_for(&latch);
    let gateway = scripted(Script::new(mock)).await;
    let calling = tokio::spawn(async move {
        let url = gateway.url("/");
        (send(&client(), get(&url)).await, gateway)
    });
    tokio::time::sleep(MOMENT).await;
    assert!(!calling.is_finished());
    latch.open();
    assert_eq!(timely(calling).await.unwrap().0.text(), "late");
}

#[tokio::test]
async fn the_response_to_head_has_no_body_and_completes() {
    let mock = MockResponse::document(StatusCode::OK, "text/plain", "unseen");
    let gateway = scripted(Script::new(mock)).await;
    let request = Request::head(gateway.url("/"))
        .body(Full::default())
        .unwrap();
    assert!(send(&client(), request).await.body.is_empty());
    let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
    assert_eq!(record.outcome, Outcome::Completed);
}
