//! A second provider, `examples/ollama-provider`, in the program: another form,
//! another manifest, one kind of the four, against a server that speaks
//! Ollama's API. `make example` builds it.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};

const MANIFEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/ollama-provider/manifest.yaml"
);

/// A server with one model, `tea`, which thinks and then answers in two lines.
struct Server {
    url: String,
    requests: Receiver<(String, Value)>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                respond(&connection.unwrap(), &sender);
            }
        });
        Self { url, requests }
    }

    /// The path and the body of the next request.
    fn request(&self) -> (String, Value) {
        self.requests.try_recv().unwrap()
    }
}

fn respond(mut connection: &TcpStream, requests: &Sender<(String, Value)>) {
    let mut reader = BufReader::new(connection);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        head.push(line.to_ascii_lowercase());
    }
    let path = head[0].split(' ').nth(1).unwrap().to_owned();
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = Vec::new();
    match length {
        Some(length) => {
            body.resize(length.trim().parse().unwrap(), 0);
            reader.read_exact(&mut body).unwrap();
        }
        None => body = unchunked(&mut reader),
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let (status, lines) = if body["model"] == "tea" {
        ("200 OK", answer())
    } else {
        ("404 Not Found", error())
    };
    requests.send((path, body)).unwrap();
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    // In pieces that end within a line, and within a character.
    for piece in lines.as_bytes().chunks(7) {
        connection.write_all(piece).unwrap();
    }
}

/// A body in chunks, put together.
fn unchunked(reader: &mut impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).unwrap();
        body.extend_from_slice(&chunk[..size]);
        if size == 0 {
            return body;
        }
    }
}

fn answer() -> String {
    let line = |message: Value| json!({"model": "tea:latest", "message": message, "done": false});
    let end = json!({
        "model": "tea:latest", "message": {"role": "assistant", "content": ""}, "done": true,
        "done_reason": "stop", "prompt_eval_count": 12, "eval_count": 5
    });
    let lines = [
        line(json!({"role": "assistant", "content": "", "thinking": "Hm."})),
        line(json!({"role": "assistant", "content": "Grün "})),
        line(json!({"role": "assistant", "content": "tea."})),
        end,
    ];
    lines.map(|line| format!("{line}\n")).concat()
}

fn error() -> String {
    json!({"error": "model 'coffee' not found"}).to_string()
}

/// Runs a command with the second provider's manifest.
fn run(arguments: &[&str]) -> Output {
    let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/code");
    Command::new(env!("CARGO_BIN_EXE_higress-host"))
        .args(arguments)
        .args(["--manifest", MANIFEST, "--code-cache", cache, "--json"])
        .output()
        .unwrap()
}

/// Runs a command for this model at the server's address.
fn call(server: &Server, model: &str, arguments: &[&str]) -> Output {
    let base_url = format!("base_url={}", server.url);
    let usual = ["--model", model, "--set", &base_url, "--allow-private"];
    run(&[arguments, &usual].concat())
}

/// Standard output, of which each line is JSON.
fn rows(output: &Output) -> Vec<Value> {
    let lines = output.stdout.split(|&byte| byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The error of a call that failed.
fn failure(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    rows(output).pop().unwrap()["error"].clone()
}

#[test]
fn its_answers_are_streamed() {
    let server = Server::start();
    let arguments = [
        "text",
        "Which tea?",
        "--system",
        "Short.",
        "--max-tokens",
        "9",
    ];
    let output = call(&server, "tea", &arguments);
    let rows = rows(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(rows[0], json!({"reasoning": "Hm."}));
    let texts = rows.iter().filter_map(|row| row["text"].as_str());
    assert_eq!(texts.collect::<String>(), "Grün tea.");
    let last = &rows[rows.len() - 2..];
    assert_eq!(last[0]["usage"]["total_tokens"], 17);
    assert_eq!(last[1], json!({"finish": "stop"}));

    let (path, body) = server.request();
    assert_eq!(path, "/api/chat");
    let messages = json!([
        {"role": "system", "content": "Short."},
        {"role": "user", "content": "Which tea?"}
    ]);
    assert_eq!(body["messages"], messages);
    assert_eq!(body["options"], json!({"num_predict": 9}));
    assert_eq!(body.get("keep_alive"), None);
}

#[test]
fn its_answers_are_returned_whole() {
    let server = Server::start();
    let arguments = [
        "text",
        "Which tea?",
        "--no-stream",
        "--set",
        "keep_alive=10m",
    ];
    let output = call(&server, "tea", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let [answer] = &rows(&output)[..] else {
        panic!("{output:?}")
    };
    assert_eq!(answer["text"], "Grün tea.");
    assert_eq!(answer["info"]["model"], "tea:latest");
    assert_eq!(server.request().1["keep_alive"], "10m");
}

#[test]
fn its_credentials_are_validated_by_a_request() {
    let server = Server::start();
    let output = call(&server, "tea", &["validate", "text-generation"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(server.request().1["options"]["num_predict"], 1);

    let error = failure(&call(&server, "coffee", &["validate", "text-generation"]));
    assert_eq!(error["kind"], "not-found");
    assert_eq!(error["status"], 404);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("model 'coffee' not found"), "{message}");
}

#[test]
fn a_form_without_its_endpoint_is_refused_by_the_field_s_name() {
    let error = failure(&run(&["text", "Which tea?", "--model", "tea"]));
    assert_eq!(error["kind"], "invalid-credentials");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("`base_url` (Base URL) is missing"),
        "{message}"
    );
}

#[test]
fn the_other_kinds_are_unsupported() {
    let server = Server::start();
    for command in [
        &["embed", "tea"][..],
        &["rerank", "tea", "Green.", "Black."],
        &["image", "A cup of tea"],
        &["validate", "text-embedding"],
        &["describe", "text-rerank"],
    ] {
        let error = failure(&call(&server, "tea", command));
        assert_eq!(error["kind"], "unsupported", "{command:?}");
    }
    assert!(server.requests.try_recv().is_err(), "nothing is sent");
}

#[test]
fn variables_of_another_provider_are_named_with_this_manifest_and_open_nothing() {
    let server = Server::start();
    let endpoint = format!("endpoint_url={}", server.url);
    let arguments = [
        "text",
        "Which tea?",
        "--model",
        "tea",
        "--allow-private",
        "--set",
        &endpoint,
        "--set",
        "base_url=http://127.0.0.1:9",
    ];
    let output = run(&arguments);
    assert_eq!(failure(&output)["kind"], "connection");
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(
        notes.contains("unknown credential `endpoint_url`"),
        "{notes}"
    );
    assert!(notes.contains("ollama-provider/manifest.yaml"), "{notes}");
}

#[test]
fn a_provider_with_a_fixed_endpoint_reaches_it_by_an_argument() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.yaml");
    let text = std::fs::read_to_string(MANIFEST).unwrap();
    let unmarked = text.replacen("    purpose: endpoint", "    #", 1);
    assert_ne!(unmarked, text);
    std::fs::write(&manifest, unmarked).unwrap();
    let component = concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/ollama-provider.wasm");
    let base_url = format!("base_url={}", server.url);
    let call = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_higress-host"))
            .args(["text", "Which tea?", "--model", "tea", "--allow-private"])
            .args(["--set", &base_url, "--component", component, "--manifest"])
            .arg(&manifest)
            .args(more)
            .output()
            .unwrap()
    };
    let denied = call(&[]);
    let told = String::from_utf8(denied.stderr).unwrap();
    assert_eq!(denied.status.code(), Some(1), "{told}");
    assert!(told.contains("pass --allow-origin URL"), "{told}");

    let allowed = call(&["--allow-origin", &server.url]);
    assert_eq!(allowed.status.code(), Some(0), "{allowed:?}");
    assert_eq!(String::from_utf8(allowed.stdout).unwrap(), "Grün tea.\n");
}

#[test]
fn it_describes_itself() {
    let output = run(&["describe"]);
    let provider = &rows(&output)[0];
    assert_eq!(provider["name"], "ollama");
    assert_eq!(provider["kinds"], json!(["text-generation"]));
}
