//! What a client sees of Higress hmac-auth. The signatures are vectors of the
//! gateway's; none is computed here.

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use mock_gateway::{Authentication, Clock, Gateway, GatewayConfig, Grant, HmacAuth, HmacConsumer};

use crate::support::{Response, client, post, raw_exchange, send, served_route, start};

/// In the middle of what the clock of these tests may show.
const SIGNED_AT: u64 = 1_700_000_000_000;
const FORM: &str = "nickname=nickname&room_id=6893&uuid=uuid&photo=photo";

fn consumer() -> HmacAuth {
    HmacAuth::for_consumers([HmacConsumer::new("alice", "appKey", "appSecret")]).unwrap()
}

async fn guarded(plugin: HmacAuth) -> Gateway {
    let route = served_route().authentication(Authentication::HmacAuth(plugin));
    let clock = Clock::fixed(SIGNED_AT);
    start(GatewayConfig::new().clock(clock).route(route)).await
}

fn request(
    gateway: &Gateway,
    target: &str,
    headers: &[(&'static str, &'static str)],
    body: impl Into<Bytes>,
) -> Request<Full<Bytes>> {
    let mut request = post(&gateway.url(target), body);
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(*name, HeaderValue::from_static(value));
    }
    request
}

/// A signed chat completion, with some headers replaced.
async fn chat(gateway: &Gateway, changes: &[(&'static str, &'static str)]) -> Response {
    let signed = [
        ("accept", "application/json"),
        ("x-ca-timestamp", "1700000000000"),
        ("x-ca-nonce", "00000000-0000-4000-8000-000000000001"),
        ("x-ca-key", "appKey"),
        ("x-ca-signature-method", "HmacSHA256"),
        (
            "x-ca-signature-headers",
            "x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp",
        ),
        (
            "x-ca-signature",
            "UBJpuheE+Z3DxScy8FgTmeij+YymRpQ1bWmOVs041HY=",
        ),
    ];
    let headers = [signed.as_slice(), changes].concat();
    let request = request(gateway, "/v1/chat/completions", &headers, "{}");
    send(&client(), request).await
}

/// A signed form, with some headers replaced.
async fn form(gateway: &Gateway, changes: &[(&'static str, &'static str)]) -> Response {
    form_of(gateway, changes, FORM).await
}

async fn form_of(
    gateway: &Gateway,
    changes: &[(&'static str, &'static str)],
    body: impl Into<Bytes>,
) -> Response {
    let signed = [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-ca-timestamp", "1646646682418"),
        ("x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"),
        ("x-ca-key", "appKey"),
        (
            "x-ca-signature-headers",
            "x-ca-key,x-ca-nonce,x-ca-timestamp",
        ),
        (
            "x-ca-signature",
            "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w=",
        ),
    ];
    let headers = [signed.as_slice(), changes].concat();
    let request = request(gateway, "/Third/User/getNyAccessToken", &headers, body);
    send(&client(), request).await
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, text: &str) {
    assert_eq!((response.status.as_u16(), response.text()), (status, text));
    assert_eq!(response.headers["content-type"], "text/plain");
    assert_eq!(response.headers["content-length"], text.len().to_string());
    assert!(
        !response
            .headers
            .contains_key("x-envoy-upstream-service-time")
    );
    let explained = response.headers.contains_key("x-ca-error-message");
    assert_eq!(explained, text == "Invalid Signature");
}

#[tokio::test]
async fn a_signed_request_is_served_and_its_consumer_recorded() {
    let gateway = guarded(consumer().date_offset_seconds(60)).await;
    assert_eq!(chat(&gateway, &[]).await.text(), "served");
    assert_eq!(gateway.requests()[0].consumer.as_deref(), Some("alice"));
}

#[tokio::test]
async fn a_bare_credential_is_served_and_has_no_name() {
    let plugin = HmacAuth::for_credentials([("appKey", "appSecret")]).unwrap();
    let gateway = guarded(plugin.grant(Grant::Only(Vec::new()))).await;
    assert_eq!(chat(&gateway, &[]).await.text(), "served");
    assert_eq!(gateway.requests()[0].consumer, None);
}

#[tokio::test]
async fn a_key_that_is_unknown_or_missing_is_invalid() {
    let gateway = guarded(consumer()).await;
    for key in ["other", ""] {
        let response = chat(&gateway, &[("x-ca-key", key)]).await;
        assert_refused(&response, 401, "Invalid Key");
    }
    let response = send(&client(), post(&gateway.url("/"), "{}")).await;
    assert_refused(&response, 401, "Invalid Key");
}

#[tokio::test]
async fn a_consumer_without_a_grant_is_refused_before_its_signature_is_read() {
    let gateway = guarded(consumer().grant(Grant::Only(vec!["bob".into()]))).await;
    let response = chat(&gateway, &[("x-ca-signature", "")]).await;
    assert_refused(&response, 403, "Unauthorized Consumer");
}

#[tokio::test]
async fn a_signature_that_is_missing_is_empty() {
    let gateway = guarded(consumer()).await;
    let response = chat(&gateway, &[("x-ca-signature", "")]).await;
    assert_refused(&response, 401, "Empty Signature");
}

#[tokio::test]
async fn the_refusal_of_a_wrong_signature_has_the_gateways_string_to_sign() {
    let gateway = guarded(consumer()).await;
    let response = chat(&gateway, &[("x-ca-nonce", "another")]).await;
    assert_refused(&response, 400, "Invalid Signature");
    assert_eq!(
        response.headers["x-ca-error-message"],
        "Server StringToSign:`POST#application/json##application/json##x-ca-key:appKey#\
        x-ca-nonce:another#x-ca-signature-method:HmacSHA256#x-ca-timestamp:1700000000000#\
        /v1/chat/completions`"
    );
}

#[tokio::test]
async fn a_space_in_the_list_of_headers_is_part_of_the_string_to_sign() {
    let gateway = guarded(consumer()).await;
    let list = ("x-ca-signature-headers", "x-ca-key, x-ca-nonce");
    let response = chat(&gateway, &[list]).await;
    let message = response.headers["x-ca-error-message"].to_str().unwrap();
    assert!(message.contains("## x-ca-nonce:#x-ca-key:appKey#/v1"));
}

#[tokio::test]
async fn a_time_outside_the_offset_or_unreadable_is_invalid() {
    let gateway = guarded(consumer().date_offset_seconds(60)).await;
    for change in [
        ("x-ca-timestamp", "1699999939999"),
        ("x-ca-timestamp", "1700000060001"),
        ("x-ca-timestamp", "now"),
        ("x-ca-timestamp", ""),
        ("date", "Wed, 09 May 2018 13:30:29 GMT"),
        ("date", "now"),
    ] {
        let response = chat(&gateway, &[change]).await;
        assert_refused(&response, 400, "Invalid Date");
    }
}

#[tokio::test]
async fn a_time_is_not_checked_without_an_offset() {
    let gateway = guarded(consumer()).await;
    let response = chat(&gateway, &[("x-ca-timestamp", "now")]).await;
    assert_refused(&response, 400, "Invalid Signature");
}

#[tokio::test]
async fn a_digest_that_does_not_fit_the_body_is_invalid_only_with_a_good_signature() {
    let gateway = guarded(consumer()).await;
    let digest = ("content-md5", "kAFQmDzST7DWlj99KOF/cg==");
    let response = chat(&gateway, &[digest]).await;
    assert_refused(&response, 400, "Invalid Signature");
    // A form's digest is compared before its signature.
    assert_refused(&form(&gateway, &[digest]).await, 400, "Invalid Content-MD5");
}

#[tokio::test]
async fn a_form_is_checked_with_its_body() {
    let gateway = guarded(consumer()).await;
    assert_eq!(form(&gateway, &[]).await.text(), "served");
    let response = form(&gateway, &[("x-ca-signature", "wrong")]).await;
    assert_refused(&response, 400, "Invalid Signature");
    let unsigned = form(&gateway, &[("x-ca-signature", "")]).await;
    assert_refused(&unsigned, 401, "Empty Signature");
}

#[tokio::test]
async fn a_form_larger_than_the_buffer_is_too_large_and_a_document_is_not() {
    let gateway = guarded(consumer().buffer_limit(1)).await;
    assert_refused(&form(&gateway, &[]).await, 413, "Payload Too Large");
    assert_eq!(chat(&gateway, &[]).await.text(), "served");
}

#[tokio::test]
async fn a_default_installs_buffer_ends_at_32_kibibytes() {
    let gateway = guarded(consumer()).await;
    let refused = form_of(&gateway, &[], vec![b'x'; 32 * 1024 + 1]).await;
    assert_refused(&refused, 413, "Payload Too Large");
    let held = form_of(&gateway, &[], vec![b'x'; 32 * 1024]).await;
    assert_refused(&held, 400, "Invalid Signature");
}

#[tokio::test]
async fn the_plugin_accepts_at_most_32_mebibytes_whatever_the_buffer() {
    let gateway = guarded(consumer().buffer_limit(usize::MAX)).await;
    let body = vec![b'x'; 32 * 1024 * 1024 + 1];
    let refused = form_of(&gateway, &[], body).await;
    assert_refused(&refused, 413, "Request Body Too Large");
}

#[tokio::test]
async fn the_first_value_of_a_repeated_header_counts_on_the_wire() {
    let gateway = guarded(consumer()).await;
    let request = "GET /Third/Tools/checkSign HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
        Accept: application/json\r\nX-Ca-Key: appKey\r\naccept: text/plain\r\nX-Ca-Key: other\r\n\
        X-Ca-Signature: ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4=\r\n\r\n";
    let response = raw_exchange(&gateway, request.as_bytes()).await;
    assert!(response.ends_with("\r\n\r\nserved"), "{response}");
}
