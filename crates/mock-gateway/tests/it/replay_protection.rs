//! Higress replay-protection, as a client sees it.

use std::time::Duration;

use http::StatusCode;
use mock_gateway::{
    Authentication, Clock, Gateway, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, ManualClock,
    ReplayProtection,
};

use crate::support::{client, get, send, served_route, start, with_headers, with_text};

async fn guarded(plugin: ReplayProtection, clock: Clock) -> Gateway {
    let key_auth = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key");
    let route = served_route()
        .authentication(Authentication::KeyAuth(key_auth.consumer("alice", "sk")))
        .governed_by(plugin);
    start(GatewayConfig::new().clock(clock).route(route)).await
}

async fn call(gateway: &Gateway, key: &'static str, nonce: Option<&str>) -> (u16, String) {
    let request = with_headers(get(&gateway.url("/")), [("x-api-key", key)]);
    let request = with_headers(request, nonce.map(|nonce| ("x-higress-nonce", nonce)));
    send(&client(), request).await.status_and_text()
}

#[tokio::test]
async fn a_nonce_is_accepted_once_within_its_lifetime() {
    let clock = ManualClock::at(0);
    let gateway = guarded(ReplayProtection::new(), Clock::Manual(clock.clone())).await;
    let nonce = Some("nonce-no-1");
    assert_eq!(call(&gateway, "sk", nonce).await.0, 200);
    clock.advance(Duration::from_secs(899));
    let replayed = with_text(429, "Replay Attack Detected");
    assert_eq!(call(&gateway, "sk", nonce).await, replayed);
    assert_eq!(call(&gateway, "sk", Some("nonce-no-2")).await.0, 200);
}

#[tokio::test]
async fn a_nonce_can_be_used_again_after_its_lifetime() {
    let clock = ManualClock::at(0);
    let gateway = guarded(ReplayProtection::new(), Clock::Manual(clock.clone())).await;
    assert_eq!(call(&gateway, "sk", Some("nonce-no-1")).await.0, 200);
    clock.advance(Duration::from_mins(15));
    assert_eq!(call(&gateway, "sk", Some("nonce-no-1")).await.0, 200);
}

#[tokio::test]
async fn a_request_that_authentication_rejects_has_used_up_its_nonce() {
    let gateway = guarded(ReplayProtection::new(), Clock::fixed(0)).await;
    assert_eq!(call(&gateway, "wrong", Some("nonce-no-1")).await.0, 401);
    assert_eq!(call(&gateway, "sk", Some("nonce-no-1")).await.0, 429);
}

#[tokio::test]
async fn a_nonce_may_be_missing_unless_it_is_required() {
    let gateway = guarded(ReplayProtection::new(), Clock::fixed(0)).await;
    assert_eq!(call(&gateway, "sk", None).await.0, 200);
    let forced = guarded(ReplayProtection::new().force_nonce(), Clock::fixed(0)).await;
    assert_eq!(
        call(&forced, "sk", None).await,
        with_text(400, "Missing Required Header")
    );
}

#[tokio::test]
async fn a_nonce_of_another_length_or_alphabet_is_invalid() {
    let plugin = ReplayProtection::new().validate_base64();
    let gateway = guarded(plugin, Clock::fixed(0)).await;
    let long = "n".repeat(129);
    for nonce in ["n234567", long.as_str(), "nonce_no_1"] {
        let response = call(&gateway, "sk", Some(nonce)).await;
        assert_eq!(response, with_text(400, "Invalid Nonce"), "{nonce}");
    }
    assert_eq!(call(&gateway, "sk", Some("=nonce-no/1+")).await.0, 200);
}

#[tokio::test]
async fn the_refusal_can_be_configured() {
    let plugin = ReplayProtection::new().rejected_with(StatusCode::CONFLICT, "again?");
    let gateway = guarded(plugin.length(1, 1), Clock::fixed(0)).await;
    assert_eq!(call(&gateway, "sk", Some("n")).await.0, 200);
    assert_eq!(
        call(&gateway, "sk", Some("n")).await,
        with_text(409, "again?")
    );
}
