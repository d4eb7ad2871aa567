//! The mock gateway as people run it.

use crate::command_line::program::{COMPONENT, Program};

/// The gateway's URL, from its first line.
fn url(welcome: &str) -> String {
    let line = welcome.lines().next().unwrap();
    let start = line.find("http://").unwrap();
    line[start..].to_owned()
}

#[test]
fn a_gateway_says_where_it_is_and_answers_there() {
    let arguments = ["gateway", "--listen", "127.0.0.1:0", "--chunking", "random"];
    let mut gateway = Program::start(&arguments);
    let welcome = gateway.wait_for("Ctrl-C");
    let endpoint = format!("{}/open", url(&welcome));
    assert!(welcome.contains(&endpoint), "{welcome}");
    let answer = Program::call(&["text", "Please count to 3."], &endpoint).finish();
    assert_eq!(answer.stdout, "1, 2, 3.\n", "{answer:?}");

    let endpoint = format!("{}/key", url(&welcome));
    let key = [
        "--set",
        "consumer_auth_mode=api_key",
        "--set",
        "api_key=sk-demo",
    ];
    let arguments = [&["text", "Hello"][..], &key].concat();
    let answer = Program::call(&arguments, &endpoint).finish();
    assert_eq!(answer.status, Some(0), "{answer:?}");

    let ended = gateway.kill();
    let log: Vec<&str> = ended.stderr.lines().collect();
    assert!(
        log[0].starts_with("POST /open/v1/chat/completions 200 completed"),
        "{log:?}"
    );
}

#[test]
fn the_printed_credentials_can_be_pasted() {
    let mut gateway = Program::start(&["gateway", "--listen", "127.0.0.1:0"]);
    let welcome = gateway.wait_for("Ctrl-C");
    let credentials: Vec<&str> = welcome
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('{'))
        .collect();
    assert_eq!(credentials.len(), 2, "{welcome}");
    for credentials in credentials {
        let arguments = ["text", "Please count to 3.", "--credentials", "-"];
        let surroundings = ["--component", COMPONENT, "--model", "m", "--allow-private"];
        let call = Program::start(&[&arguments[..], &surroundings].concat());
        let answer = call.feed(credentials).finish();
        assert_eq!(answer.stdout, "1, 2, 3.\n", "{credentials}: {answer:?}");
    }
    let ended = gateway.kill();
    let log: Vec<&str> = ended.stderr.lines().collect();
    assert!(
        log[1].contains("POST /hmac/") && log[1].ends_with("consumer demo"),
        "{log:?}"
    );
}

#[test]
fn the_chat_model_speaks_another_providers_dialect() {
    let mut gateway = Program::start(&["gateway", "--listen", "127.0.0.1:0", "--chat", "vllm"]);
    let welcome = gateway.wait_for("Ctrl-C");
    let endpoint = format!("{}/open", url(&welcome));
    let answer = Program::call(&["text", "Hello", "--json"], &endpoint).finish();
    let events = answer.json_lines();
    assert!(
        events.iter().any(|event| event.get("reasoning").is_some()),
        "{answer:?}"
    );
    gateway.kill();
}

#[test]
fn an_address_in_use_is_wrong_usage() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::start(&["gateway", "--listen", &address]).finish();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--listen"), "{ended:?}");
}
