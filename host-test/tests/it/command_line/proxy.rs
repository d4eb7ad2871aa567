//! Calls through a forward proxy, of endpoints that have no address.

use crate::command_line::program::{Ended, Program};
use crate::command_line::server::{delta, document, finish, responding, stream};
use serde_json::json;

/// A proxy that gives every request this response, whatever its target.
fn proxy(response: impl Into<String>) -> String {
    responding(response).trim_end_matches("/v1").to_owned()
}

fn call(endpoint: &str, arguments: &[&str]) -> Ended {
    let mut command = vec!["text", "Why?"];
    command.extend(arguments);
    Program::call(&command, endpoint).finish()
}

#[test]
fn a_request_goes_through_the_proxy_that_is_named() {
    let answer = [delta(&json!({"content": "Because."})), finish("stop")];
    let proxy = proxy(stream(&answer));
    let arguments = ["--proxy", &proxy, "--allow-plain-http", "--json"];
    let ended = call("http://ai.invalid/v1", &arguments);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("Because."), "{ended:?}");
    // Of this endpoint, there is nothing.
    let arguments = [
        "--proxy",
        &proxy,
        "--no-proxy",
        ".invalid",
        "--allow-plain-http",
    ];
    let ended = call("http://ai.invalid/v1", &arguments);
    assert_eq!(ended.status, Some(1), "{ended:?}");
}

#[test]
fn a_proxy_that_refuses_a_tunnel_is_a_failed_connection_with_a_hint() {
    let proxy = proxy(document(
        "407 Proxy Authentication Required",
        "text/plain",
        "",
    ));
    let proxy = proxy.replace("http://", "http://user:secret-word@");
    let ended = call("https://ai.invalid/v1", &["--proxy", &proxy]);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("error: connection: "), "{ended:?}");
    assert!(ended.stderr.contains("go through a proxy"), "{ended:?}");
    assert!(!ended.stderr.contains("secret-word"), "{ended:?}");
}

#[test]
fn a_proxy_that_cannot_be_used_is_an_error_without_its_password() {
    let arguments = ["--proxy", "socks5://user:secret-word@127.0.0.1:1"];
    let ended = call("https://ai.invalid/v1", &arguments);
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("cannot use --proxy"), "{ended:?}");
    assert!(!ended.stderr.contains("secret-word"), "{ended:?}");
}
