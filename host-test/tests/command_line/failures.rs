//! Calls that fail: one error, in the last line, and exit status 1.

use crate::program::{Ended, Program};
use crate::server::{MockGateway, closed, cut_stream, delta, document, responding};
use mock_gateway::{
    Authentication, Backend, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, Route, Upstream,
};
use serde_json::{Value, json};

/// The one error of a failed call.
fn error(ended: &Ended) -> Value {
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let mut lines = ended.json_lines();
    let last = lines.pop().unwrap_or_else(|| panic!("{ended:?}"));
    assert!(
        lines.iter().all(|line| line.get("error").is_none()),
        "{ended:?}"
    );
    let error = last["error"].clone();
    let message = error["message"].as_str();
    assert!(
        message.is_some_and(|message| !message.is_empty()),
        "{ended:?}"
    );
    error
}

fn ask(endpoint: &str) -> Ended {
    Program::call(&["text", "Why?", "--json"], endpoint).finish()
}

fn gateway() -> MockGateway {
    let persona = || Backend::Upstream(Upstream::OpenAiCompatible);
    let key = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization")
        .consumer("someone", "Bearer sk-right");
    let locked = Route::new("/locked", persona()).authentication(Authentication::KeyAuth(key));
    MockGateway::start(GatewayConfig::new().route(locked))
}

#[test]
fn a_closed_port_is_a_failed_connection() {
    let error = error(&ask(&closed()));
    assert_eq!(error["kind"], "connection", "{error}");
    assert_eq!(error["request_sent"], false, "{error}");
}

#[test]
fn an_unknown_path_is_not_found() {
    let mock = gateway();
    let error = error(&ask(&mock.gateway.url("/nowhere")));
    assert_eq!(error["kind"], "not-found", "{error}");
    assert_eq!(error["status"], 404, "{error}");
}

#[test]
fn a_missing_key_is_a_matter_of_authorization() {
    let mock = gateway();
    let error = error(&ask(&mock.gateway.url("/locked")));
    assert_eq!(error["kind"], "authorization", "{error}");
    assert_eq!(error["status"], 401, "{error}");
}

#[test]
fn a_web_page_is_no_answer() {
    let page = "<!doctype html><html><body>Welcome</body></html>";
    let error = error(&ask(&responding(document("200 OK", "text/html", page))));
    assert_eq!(error["kind"], "protocol", "{error}");
}

#[test]
fn an_answer_that_breaks_off_is_an_error_after_what_came() {
    let endpoint = responding(cut_stream(&[delta(&json!({"content": "Be"}))]));
    let ended = ask(&endpoint);
    assert_eq!(ended.json_lines()[0], json!({"text": "Be"}), "{ended:?}");
    assert_eq!(error(&ended)["kind"], "protocol", "{ended:?}");
}

#[test]
fn an_endpoint_that_is_no_url_is_named_by_the_component() {
    let error = error(&ask("ai.example.com/v1"));
    assert_eq!(error["kind"], "invalid-credentials", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("endpoint_url"), "{message}");
}

#[test]
fn every_calling_command_fails_with_an_error_line() {
    let endpoint = closed();
    for command in [
        &["validate", "text-generation"][..],
        &["image", "A cat"],
        &["embed", "one", "two"],
        &["rerank", "query", "one", "two"],
        &["text", "Why?", "--no-stream"],
    ] {
        let arguments = [command, &["--json"]].concat();
        error(&Program::call(&arguments, &endpoint).finish());
    }
}

#[test]
fn people_read_the_error_on_standard_error() {
    let endpoint = responding(cut_stream(&[delta(&json!({"content": "Be"}))]));
    let ended = Program::call(&["text", "Why?"], &endpoint).finish();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "Be\n");
    assert!(ended.stderr.starts_with("error: protocol: "), "{ended:?}");
}

#[test]
fn a_private_endpoint_comes_with_a_hint() {
    let endpoint = format!("endpoint_url={}", closed());
    let arguments = ["text", "Why?", "--model", "m", "--set", &endpoint];
    let component = ["--component", crate::program::COMPONENT];
    let ended = Program::start(&[&arguments[..], &component].concat()).finish();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("--allow-private"), "{ended:?}");
}

#[test]
fn a_misspelt_variable_is_told_and_its_value_is_not() {
    let mock = gateway();
    let set = ["text", "Why?", "--set", "api_keyy=sk-right"];
    let ended = Program::call(&set, &mock.gateway.url("/locked")).finish();
    assert!(
        ended
            .stderr
            .contains("warning: unknown credential `api_keyy` ignored"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("sk-right"), "{ended:?}");
}

#[test]
fn a_file_that_is_no_component_is_named() {
    let ended = Program::start(&["describe", "--component", "Cargo.toml"]).finish();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("Cargo.toml is not a valid WebAssembly component"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("make component"), "{ended:?}");
}
