//! Credentials: where they come from, and that they are never printed.

use crate::command_line::program::{Ended, Program};
use crate::command_line::server::{MockGateway, document, responding};
use mock_gateway::{
    Authentication, Backend, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, Route, Upstream,
};
use serde_json::json;

const KEY: &str = "sk-4f9a8e7d6c5b";

fn locked() -> MockGateway {
    let key = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization")
        .consumer("someone", format!("Bearer {KEY}"));
    let route = Route::new("", Backend::Upstream(Upstream::OpenAiCompatible))
        .authentication(Authentication::KeyAuth(key));
    MockGateway::start(GatewayConfig::new().route(route))
}

fn form(key: &str) -> String {
    json!({"consumer_auth_mode": "api_key", "api_key": key}).to_string()
}

fn keeps_the_key(ended: &Ended) {
    assert!(!ended.stdout.contains(KEY), "{ended:?}");
    assert!(!ended.stderr.contains(KEY), "{ended:?}");
}

#[test]
fn credentials_may_come_from_standard_input() {
    let mock = locked();
    let arguments = ["text", "Hello", "--credentials", "-"];
    let program = Program::call(&arguments, &mock.gateway.url("/v1"));
    let ended = program.feed(&form(KEY)).finish();
    assert_eq!(ended.stdout, "Hello! How can I help you?\n", "{ended:?}");
    keeps_the_key(&ended);
}

#[test]
fn a_setting_takes_the_place_of_the_files() {
    let mock = locked();
    let setting = format!("api_key={KEY}");
    let arguments = ["text", "Hello", "--credentials", "-", "--set", &setting];
    let program = Program::call(&arguments, &mock.gateway.url("/v1"));
    let ended = program.feed(&form("sk-wrong")).finish();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    keeps_the_key(&ended);
}

#[test]
fn a_key_that_the_server_repeats_is_not_printed() {
    let body =
        json!({"error": {"message": format!("Incorrect API key provided: {KEY}"), "code": KEY}});
    let response = document("401 Unauthorized", "application/json", &body.to_string());
    for format in [&[][..], &["--json"], &["--no-stream"]] {
        let endpoint = responding(response.clone());
        let arguments = [&["text", "Hello", "--credentials", "-"][..], format].concat();
        let ended = Program::call(&arguments, &endpoint)
            .feed(&form(KEY))
            .finish();
        assert_eq!(ended.status, Some(1), "{ended:?}");
        keeps_the_key(&ended);
    }
}

#[test]
fn a_key_in_the_wrong_place_is_not_printed() {
    let endpoint = responding(document("200 OK", "application/json", "{}"));
    let setting = format!("consumer_auth_mode={KEY}");
    let ended = Program::call(&["text", "Hello", "--set", &setting], &endpoint).finish();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    keeps_the_key(&ended);
}
