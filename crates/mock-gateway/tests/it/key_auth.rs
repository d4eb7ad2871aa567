//! Higress key-auth in its two flavours, as a client sees it.

use http::StatusCode;
use mock_gateway::{Authentication, Gateway, Grant, KeyAuth, KeyAuthFlavour, KeySource};

use crate::support::{Response, client, get, routed, send, served_route, with_headers};

async fn guarded(method: KeyAuth) -> Gateway {
    let authentication = Authentication::KeyAuth(
        method
            .consumer("alice", "Bearer sk-alice")
            .consumer("bob", "Bearer sk-bob")
            .grant(Grant::Only(vec!["alice".into()])),
    );
    routed(served_route().authentication(authentication)).await
}

async fn in_header(flavour: KeyAuthFlavour) -> Gateway {
    guarded(KeyAuth::new(flavour, KeySource::Header, "authorization").also_named("x-api-key")).await
}

async fn call(gateway: &Gateway, headers: &[(&'static str, &'static str)]) -> Response {
    let request = with_headers(get(&gateway.url("/")), headers.iter().copied());
    send(&client(), request).await
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, challenge: &str, text: &str) {
    assert_eq!(response.status.as_u16(), status);
    assert_eq!(response.headers["www-authenticate"], challenge);
    assert_eq!(response.text(), text);
    assert_eq!(response.headers["content-length"], text.len().to_string());
    assert_eq!(
        response.headers.contains_key("content-type"),
        !text.is_empty()
    );
    assert!(
        !response
            .headers
            .contains_key("x-envoy-upstream-service-time")
    );
}

#[tokio::test]
async fn a_known_key_is_served_and_its_consumer_recorded_by_both_flavours() {
    for flavour in [KeyAuthFlavour::Cpp, KeyAuthFlavour::Go] {
        let gateway = in_header(flavour).await;
        let response = call(&gateway, &[("authorization", "Bearer sk-alice")]).await;
        assert_eq!(response.text(), "served", "{flavour:?}");
        assert_eq!(gateway.requests()[0].consumer.as_deref(), Some("alice"));
    }
}

#[tokio::test]
async fn a_missing_key_is_refused_with_an_empty_body_by_the_cpp_flavour() {
    let gateway = in_header(KeyAuthFlavour::Cpp).await;
    assert_refused(&call(&gateway, &[]).await, 401, "Key realm=MSE Gateway", "");
}

#[tokio::test]
async fn an_unknown_key_is_refused_with_an_empty_body_by_the_cpp_flavour() {
    let gateway = in_header(KeyAuthFlavour::Cpp).await;
    let response = call(&gateway, &[("authorization", "Bearer sk-mallory")]).await;
    assert_refused(&response, 401, "Key realm=MSE Gateway", "");
}

#[tokio::test]
async fn a_key_without_its_prefix_is_unknown() {
    let gateway = in_header(KeyAuthFlavour::Cpp).await;
    let response = call(&gateway, &[("authorization", "sk-alice")]).await;
    assert_eq!(response.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_consumer_without_a_grant_is_forbidden_by_the_cpp_flavour() {
    let gateway = in_header(KeyAuthFlavour::Cpp).await;
    let response = call(&gateway, &[("authorization", "Bearer sk-bob")]).await;
    assert_refused(&response, 403, "Basic realm=MSE Gateway", "");
}

#[tokio::test]
async fn the_cpp_flavour_takes_any_of_several_keys_and_the_original_authorization() {
    let gateway = in_header(KeyAuthFlavour::Cpp).await;
    let several = [
        ("authorization", "nonsense"),
        ("x-api-key", "Bearer sk-alice"),
    ];
    assert_eq!(call(&gateway, &several).await.status, StatusCode::OK);
    let original = [("x-hi-original-auth", "Bearer sk-alice")];
    assert_eq!(call(&gateway, &original).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_missing_key_is_refused_with_a_text_by_the_go_flavour() {
    let gateway = in_header(KeyAuthFlavour::Go).await;
    let text = "Request denied by Key Auth check. No Key Authentication information found.";
    assert_refused(
        &call(&gateway, &[]).await,
        401,
        "Key realm=MSE Gateway",
        text,
    );
}

#[tokio::test]
async fn several_keys_are_refused_with_a_text_by_the_go_flavour() {
    let gateway = in_header(KeyAuthFlavour::Go).await;
    let several = [
        ("authorization", "Bearer sk-alice"),
        ("x-api-key", "Bearer sk-alice"),
    ];
    let text = "Request denied by Key Auth check. Multi Key Authentication information found.";
    assert_refused(
        &call(&gateway, &several).await,
        401,
        "Key realm=MSE Gateway",
        text,
    );
}

#[tokio::test]
async fn unknown_keys_and_consumers_without_a_grant_are_forbidden_by_the_go_flavour() {
    let gateway = in_header(KeyAuthFlavour::Go).await;
    let text = "Request denied by Key Auth check. Unauthorized consumer.";
    for key in ["Bearer sk-mallory", "Bearer sk-bob"] {
        let response = call(&gateway, &[("authorization", key)]).await;
        assert_refused(&response, 403, "Key realm=MSE Gateway", text);
    }
}

#[tokio::test]
async fn a_key_in_the_query_is_decoded_by_both_flavours() {
    for flavour in [KeyAuthFlavour::Cpp, KeyAuthFlavour::Go] {
        let gateway = guarded(KeyAuth::new(flavour, KeySource::Query, "apikey")).await;
        let response = send(
            &client(),
            get(&gateway.url("/v1?a=b&apikey=Bearer%20sk-alice")),
        )
        .await;
        assert_eq!(response.status, StatusCode::OK, "{flavour:?}");
    }
}

#[tokio::test]
async fn where_both_places_are_configured_only_the_cpp_flavour_reads_the_query() {
    for (flavour, status) in [(KeyAuthFlavour::Cpp, 200), (KeyAuthFlavour::Go, 401)] {
        let gateway = guarded(KeyAuth::new(flavour, KeySource::HeaderAndQuery, "apikey")).await;
        let response = send(&client(), get(&gateway.url("/?apikey=Bearer%20sk-alice"))).await;
        assert_eq!(response.status.as_u16(), status, "{flavour:?}");
    }
}
