//! What a client sees of Higress hmac-auth-apisix. The signature is a vector
//! of the plugin's.

use http::StatusCode;
use mock_gateway::{
    Authentication, Clock, Gateway, GatewayConfig, Grant, HmacAuthApisix, HmacConsumer,
};
use serde_json::Value;

use crate::support::{Response, client, post, send, served_route, start, with_headers};

const SIGNED_AT: u64 = 1_757_721_198_000;
const DATE: &str = "Fri, 12 Sep 2025 23:53:18 GMT";
const SIGNED: &str = "Signature keyId=\"consumer1-key\",algorithm=\"hmac-sha256\",\
    headers=\"@request-target date\",\
    signature=\"746z4VISwZehUwZdzTV486ZMMbBtakmMHKPfs/A4RdU=\"";

fn plugin() -> HmacAuthApisix {
    HmacAuthApisix::for_consumers([HmacConsumer::new(
        "consumer1",
        "consumer1-key",
        "2bda943c-ba2b-11ec-ba07-00163e1250b5",
    )])
}

async fn call(plugin: HmacAuthApisix, headers: &[(&'static str, &str)]) -> (Gateway, Response) {
    let route = served_route().authentication(Authentication::HmacAuthApisix(plugin));
    let config = GatewayConfig::new().clock(Clock::fixed(SIGNED_AT));
    let gateway = start(config.route(route)).await;
    let request = with_headers(post(&gateway.url("/foo"), "{}"), headers.iter().copied());
    let response = send(&client(), request).await;
    (gateway, response)
}

async fn assert_refused(plugin: HmacAuthApisix, headers: &[(&'static str, &str)], reason: &str) {
    let (_gateway, response) = call(plugin, headers).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        response.text(),
        format!("{{\"message\":\"client request can't be validated: {reason}\"}}")
    );
    assert_eq!(response.headers["content-type"], "text/plain");
}

#[tokio::test]
async fn a_signed_request_is_served_and_its_consumer_recorded() {
    let (gateway, response) = call(plugin(), &[("authorization", SIGNED), ("date", DATE)]).await;
    assert_eq!(response.text(), "served");
    let record = gateway.requests().remove(0);
    assert_eq!(record.consumer.as_deref(), Some("consumer1"));
}

#[tokio::test]
async fn each_refusal_has_its_reason() {
    let without = |part: &str| SIGNED.replace(part, "x");
    for (authorization, date, reason) in [
        (
            "Basic x".into(),
            DATE,
            "Authorization header does not start with 'Signature '",
        ),
        (without("keyId"), DATE, "keyId or signature missing"),
        (without("algorithm"), DATE, "algorithm missing"),
        (without("consumer1"), DATE, "Invalid keyId"),
        (
            SIGNED.into(),
            "",
            "Date header missing. failed to validate clock skew",
        ),
        (SIGNED.into(), "today", "Invalid GMT format time"),
        (
            SIGNED.into(),
            "Fri, 12 Sep 2025 23:40:00 GMT",
            "Clock skew exceeded",
        ),
        (without("hmac-sha256"), DATE, "Invalid algorithm"),
        (without("746z4"), DATE, "Invalid signature"),
    ] {
        let headers = [("authorization", authorization.as_str()), ("date", date)];
        assert_refused(plugin(), &headers, reason).await;
    }
    assert_refused(plugin(), &[], "missing Authorization header").await;
}

#[tokio::test]
async fn each_configured_refusal_has_its_reason() {
    let headers = [("authorization", SIGNED), ("date", DATE)];
    let nobody = plugin().grant(Grant::Only(Vec::new()));
    assert_refused(nobody, &headers, "consumer 'consumer1' is not allowed").await;
    let strict = plugin().validate_request_body();
    assert_refused(strict, &headers, "Invalid digest").await;
    let listless = SIGNED.replace("@request-target date", "");
    let listless = [("authorization", listless.as_str()), ("date", DATE)];
    let demanding = plugin().signed_header("digest");
    assert_refused(demanding, &listless, "headers missing").await;
}

#[tokio::test]
async fn the_refusal_of_a_missing_signed_header_is_not_json() {
    let headers = [("authorization", SIGNED), ("date", DATE)];
    let (_gateway, response) = call(plugin().signed_header("digest"), &headers).await;
    assert_eq!(
        response.text(),
        "{\"message\":\"client request can't be validated: \
        expected header \"digest\" missing in signing\"}"
    );
    assert!(serde_json::from_slice::<Value>(&response.body).is_err());
}
