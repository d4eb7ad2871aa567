//! Higress jwt-auth in its two flavours, as a client sees it.

use http::{HeaderValue, StatusCode};
use mock_gateway::{Authentication, Clock, GatewayConfig, Grant, JwtAuth, JwtConsumer, JwtFlavour};

use serde_json::json;

use crate::support::{Response, client, get, send, served_route, start};

const NOW_SECONDS: u64 = 1_700_000_000;

fn alice() -> JwtConsumer {
    JwtConsumer::new("alice", "secret of alice")
}

fn bob() -> JwtConsumer {
    JwtConsumer::new("bob", "secret of bob").issuer("bob")
}

fn token(end: u64) -> String {
    alice().token(&json!({"exp": end}))
}

fn expired() -> String {
    token(NOW_SECONDS - 61)
}

fn of_bob() -> String {
    bob().token(&json!({"iss": "bob"}))
}

fn of_a_stranger() -> String {
    JwtConsumer::new("alice", "another secret").token(&json!({}))
}

fn plugin(flavour: JwtFlavour) -> JwtAuth {
    JwtAuth::new(flavour)
        .consumer(alice())
        .consumer(bob())
        .grant(Grant::Only(vec!["alice".into()]))
}

async fn call(plugin: JwtAuth, target: &str, header: Option<(&'static str, &str)>) -> Response {
    let route = served_route().authentication(Authentication::JwtAuth(plugin));
    let clock = Clock::fixed(NOW_SECONDS * 1_000);
    let gateway = start(GatewayConfig::new().clock(clock).route(route)).await;
    let mut request = get(&gateway.url(target));
    request
        .headers_mut()
        .insert("host", HeaderValue::from_static("gw"));
    if let Some((name, value)) = header {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(name, value);
    }
    send(&client(), request).await
}

async fn bearing(flavour: JwtFlavour, token: &str) -> Response {
    let value = format!("Bearer {token}");
    call(
        plugin(flavour),
        "/p?q",
        Some(("authorization", value.as_str())),
    )
    .await
}

#[tokio::test]
async fn both_flavours_accept_a_token_until_a_minute_after_it_expires() {
    for flavour in [JwtFlavour::Cpp, JwtFlavour::Go] {
        for token in [alice().token(&json!({})), token(NOW_SECONDS - 60)] {
            assert_eq!(bearing(flavour, &token).await.text(), "served", "{token}");
        }
    }
}

#[tokio::test]
async fn the_cpp_flavour_has_the_texts_of_the_verifier_and_the_url_in_its_challenge() {
    for (token, text) in [
        (expired(), "Jwt is expired"),
        (of_a_stranger(), "Jwt verification fails"),
        ("h.p.s".to_owned(), "Jwt verification fails"),
        (
            "sk-1".to_owned(),
            "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections",
        ),
    ] {
        let response = bearing(JwtFlavour::Cpp, &token).await;
        assert_eq!((response.status.as_u16(), response.text()), (401, text));
        assert_eq!(
            response.headers["www-authenticate"],
            "Bearer realm=\"http://gw/p?q\", error=\"invalid_token\""
        );
    }
    let missing = call(plugin(JwtFlavour::Cpp), "/p?q", None).await;
    assert_eq!(
        (missing.status.as_u16(), missing.text()),
        (401, "Jwt is missing")
    );
    assert_eq!(
        missing.headers["www-authenticate"],
        "Bearer realm=\"http://gw/p?q\""
    );
    let forbidden = bearing(JwtFlavour::Cpp, &of_bob()).await;
    assert_eq!(
        (forbidden.status.as_u16(), forbidden.text()),
        (403, "Access Denied")
    );
    assert!(!forbidden.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn the_go_flavour_has_texts_of_its_own() {
    for (token, status, text) in [
        (String::new(), 401, "JWT is missing."),
        (expired(), 401, "JWT is expired."),
        (of_a_stranger(), 401, "JWT verification fails"),
        ("sk-1".to_owned(), 401, "JWT verification fails"),
        (of_bob(), 403, "Unauthorized consumer."),
    ] {
        let response = bearing(JwtFlavour::Go, &token).await;
        let text = format!("Request denied by JWT Auth check. {text}");
        assert_eq!(
            (response.status.as_u16(), response.text()),
            (status, text.as_str())
        );
        assert_eq!(
            response.headers["www-authenticate"], "JWT realm=MSE Gateway",
            "{token}"
        );
    }
}

#[tokio::test]
async fn tokens_are_read_from_the_configured_places_instead() {
    let places = || {
        plugin(JwtFlavour::Go)
            .from_header("x-token", "Token ")
            .from_parameter("jwt")
    };
    let token = alice().token(&json!({}));
    let value = format!("Token {token}");
    let in_header = call(places(), "/", Some(("x-token", &value))).await;
    assert_eq!(in_header.text(), "served");
    let target = format!("/?jwt={}", token.replace('.', "%2E"));
    let in_query = call(places(), &target, None).await;
    assert_eq!(in_query.text(), "served");
    let value = format!("Bearer {token}");
    let default = call(places(), "/", Some(("authorization", &value))).await;
    assert_eq!(default.status, StatusCode::UNAUTHORIZED);
}
