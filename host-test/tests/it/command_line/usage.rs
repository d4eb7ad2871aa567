//! Wrong usage and files that cannot be used: exit status 2, and a message
//! that says what to do.

use crate::command_line::program::{COMPONENT, Ended, Program};
use std::path::PathBuf;
use tempfile::TempDir;

fn refusal(arguments: &[&str]) -> Ended {
    let ended = Program::start(arguments).finish();
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    ended
}

/// The message for a call that lacks nothing but what `arguments` do to it.
fn message(arguments: &[&str]) -> String {
    let usual = ["--component", COMPONENT, "--model", "m"];
    refusal(&[arguments, &usual].concat()).stderr
}

fn file(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("file.json");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn arguments_that_nobody_knows_are_refused() {
    for arguments in [
        &[][..],
        &["chat"],
        &["text"],
        &["text", "Why?", "--modle", "m"],
        &["text", "Why?", "--request", "request.json"],
        &["validate"],
        &["validate", "speech"],
        &["rerank", "query"],
        &["gateway", "--listen", "here"],
        &["gateway", "--chunking", "0"],
        &["gateway", "--chat", "parrot"],
        &["image", "A cat", "--json", "--output", "pictures"],
    ] {
        let ended = refusal(arguments);
        assert!(!ended.stderr.is_empty(), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn a_model_without_a_name_is_asked_for() {
    let ended = refusal(&["text", "Why?", "--component", COMPONENT]);
    assert!(ended.stderr.contains("--model NAME"), "{ended:?}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for option in ["--credentials", "--options", "--manifest"] {
        let message = message(&["text", "Why?", option, "no/such.file"]);
        assert!(message.contains("no/such.file"), "{option}: {message}");
    }
    let ended = refusal(&[
        "text",
        "Why?",
        "--model",
        "m",
        "--component",
        "no/such.wasm",
    ]);
    assert!(ended.stderr.contains("no/such.wasm"), "{ended:?}");
    assert!(ended.stderr.contains("make component"), "{ended:?}");
}

#[test]
fn a_wrong_field_is_named_with_its_file_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"messages": [{"role": "user", "content": "Hi", "colour": "red"}]}"#;
    let path = file(&folder, text);
    let path = path.to_str().unwrap();
    let message = message(&["text", "--request", path]);
    assert!(message.contains(path), "{message}");
    assert!(message.contains("messages[0].colour"), "{message}");
}

#[test]
fn broken_json_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "{\n\"api_key\": sk-secret}");
    let message = message(&["text", "Why?", "--credentials", path.to_str().unwrap()]);
    assert!(message.contains("line 2"), "{message}");
    assert!(!message.contains("sk-secret"), "{message}");
}

#[test]
fn standard_input_is_one_file_only() {
    let message = message(&["text", "--request", "-", "--credentials", "-"]);
    assert!(!message.is_empty());
}

#[test]
fn a_setting_without_a_value_is_refused_and_not_repeated() {
    let message = message(&["text", "Why?", "--set", "sk-secret"]);
    assert!(message.contains("VAR=VALUE"), "{message}");
    assert!(!message.contains("sk-secret"), "{message}");
}

#[test]
fn a_core_module_is_no_component() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "not wasm");
    let component = ["--component", path.to_str().unwrap()];
    let ended = refusal(&[&["text", "Why?", "--model", "m"][..], &component].concat());
    assert!(ended.stderr.starts_with("error: "), "{ended:?}");
}

#[test]
fn the_help_of_every_command_has_examples() {
    for command in [
        "validate", "describe", "text", "image", "embed", "rerank", "gateway", "demo",
    ] {
        let ended = Program::start(&[command, "--help"]).finish();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert!(ended.stdout.contains("Examples:"), "{command}: {ended:?}");
    }
}
