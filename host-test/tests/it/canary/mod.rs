//! Secrets as canaries: whatever a server repeats of them, in whatever dress
//! and place, and however a call fails, none is in anything that a host or a
//! person gets to see. `make component` builds the component.

mod dress;
mod echo;
mod secrets;

use dress::Dress;
use echo::{FAILURES, Failure, Server};
use higress_host::json;
use provider_host::Model;
use provider_host::Timeouts;
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind};
use provider_host::error::CallError;
use provider_host::form::FieldType;
use secrets::{Bearer, CANARY, METHODS};
use std::collections::BTreeSet;
use std::process::Command;
use testing::call::{once, question, tenant};
use testing::component;
use testing::provider::host;

fn model(bearer: &Bearer, endpoint: &str) -> Model {
    Model::new(ModelConfig {
        kind: ModelKind::TextGeneration,
        name: "test-model".to_owned(),
        credentials: bearer.form(endpoint),
    })
}

fn options(bearer: &Bearer) -> CallOptions {
    CallOptions {
        timeouts: Timeouts {
            first_byte_ms: Some(300),
            between_bytes_ms: Some(300),
            ..Timeouts::default()
        },
        headers: bearer.call_headers(),
        ..once()
    }
}

/// Everything that a host can print of a call: events, facts, the error in
/// each of its forms, and what it was called with. None if it did not fail.
async fn seen(bearer: &Bearer, endpoint: &str) -> Option<String> {
    let (model, options) = (model(bearer, endpoint), options(bearer));
    let mut seen = vec![format!("{model:?} {model:#?} {options:?} {options:#?}")];
    let show = |error: &CallError| {
        let json = json::error::write_failure(error);
        format!("{error}\n{error:?}\n{json}")
    };
    let tenant = tenant(endpoint);
    match tenant
        .generate_stream(&model, &question("Why?"), &options)
        .await
    {
        Err(error) => seen.push(show(&error)),
        Ok(mut stream) => loop {
            match stream.next_events().await {
                None => return None,
                Some(Ok(events)) => seen.push(format!("{events:?}")),
                Some(Err(error)) => {
                    seen.push(show(&error));
                    if let Ok(info) = stream.metadata().await {
                        seen.push(format!("{info:?}"));
                    }
                    break;
                }
            }
        },
    }
    Some(seen.join("\n"))
}

/// Checks that neither a secret nor a signature is in a text.
fn check(seen: &str, what: &str, server: &Server) {
    for needle in Dress::needles(CANARY)
        .into_iter()
        .chain(server.signatures())
    {
        assert!(!seen.contains(&needle), "{what}: {needle} in {seen}");
    }
}

/// Checks that the server had what it repeats: otherwise the other checks
/// would find nothing, whatever leaks.
fn check_sent(bearer: &Bearer, what: &str, server: &Server) {
    assert!(server.was_reached(), "{what}: no request was sent");
    assert!(
        !bearer.signs() || !server.signatures().is_empty(),
        "{what}: no signature was found; teach `signature` in canary/echo.rs where it stands"
    );
}

#[test]
fn every_method_of_the_form_is_on_trial() {
    let form = &host().manifest().form;
    let mode = form.field("consumer_auth_mode").unwrap();
    let FieldType::Select { options } = &mode.field_type else {
        panic!("consumer_auth_mode has no options");
    };
    let offered: BTreeSet<&str> = options
        .iter()
        .map(|option| option.value.as_str())
        .filter(|method| *method != "disabled")
        .collect();
    let tried: BTreeSet<&str> = METHODS.iter().filter_map(Bearer::method).collect();
    assert_eq!(
        tried, offered,
        "METHODS in canary/secrets.rs, beside the options of consumer_auth_mode"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_comes_back_from_any_failure_of_a_call() {
    for bearer in METHODS {
        for dress in Dress::ALL {
            for failure in FAILURES {
                let what = format!("{}, {dress:?}, {}", bearer.name, failure.name);
                let server = Server::start(failure, dress).await;
                let seen = seen(bearer, &bearer.endpoint(server.address)).await;
                let seen = seen.unwrap_or_else(|| panic!("{what}: the call did not fail"));
                check_sent(bearer, &what, &server);
                check(&seen, &what, &server);
            }
        }
    }
}

#[tokio::test]
async fn no_secret_is_in_what_is_said_before_anything_is_sent() {
    let closed = Server::closed_port().await;
    for bearer in METHODS {
        let server = Server::none(closed);
        let seen_closed = seen(bearer, &bearer.endpoint(closed)).await.unwrap();
        check(&seen_closed, bearer.name, &server);
        for odd in bearer.spoilt(closed) {
            let tenant = tenant(&format!("http://{closed}"));
            let model = Model::new(ModelConfig {
                credentials: odd.form,
                ..model(bearer, "http://h").config().clone()
            });
            let options = CallOptions {
                headers: odd.headers,
                ..CallOptions::default()
            };
            let error = tenant.generate(&model, &question("Why?"), &options).await;
            let error = error.expect_err(odd.name);
            let seen = format!("{error} {error:?} {}", json::error::write_failure(&error));
            check(&seen, odd.name, &server);
        }
    }
}

/// What the program prints on both of its streams.
fn printed(bearer: &Bearer, endpoint: &str, format: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_higress-host"));
    program.args(["text", "Why?", "--model", "m", "--allow-private"]);
    program.arg("--component").arg(component()).args(format);
    for (variable, value) in bearer.form(endpoint) {
        program.arg("--set").arg(format!("{variable}={value}"));
    }
    let output = program.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let texts = [output.stdout, output.stderr];
    texts.map(|text| String::from_utf8(text).unwrap()).concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_prints_no_secret() {
    let failures = [
        ("error object", &["--json"][..]),
        ("string to sign", &[]),
        ("error event", &["--json"]),
        ("web page", &["--no-stream"]),
    ];
    // A start takes seconds, so each method meets one of the failures.
    let of_forms = METHODS.iter().filter(|bearer| !bearer.in_call);
    for (bearer, (name, format)) in of_forms.zip(failures.into_iter().cycle()) {
        let what = format!("{}, {name}", bearer.name);
        let server = Server::start(Failure::named(name), Dress::Plain).await;
        let endpoint = bearer.endpoint(server.address);
        let seen = tokio::task::block_in_place(|| printed(bearer, &endpoint, format));
        check_sent(bearer, &what, &server);
        check(&seen, &what, &server);
    }
}
