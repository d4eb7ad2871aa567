//! What the stories cannot be told with.

use super::{told, told_with};
use crate::command_line::program::{COMPONENT, Ended, Program};
use serde_json::json;
use std::io::Write as _;
use tempfile::NamedTempFile;

fn assert_wrong_usage(ended: &Ended, expected: &str) {
    assert_eq!(ended.status, Some(2), "{ended:#?}");
    assert!(ended.stderr.contains(expected), "{ended:#?}");
}

#[test]
fn a_time_that_does_not_exist_is_wrong_usage() {
    for time in ["noon", "2027-02-29T10:00"] {
        assert_wrong_usage(&told("agent", &["--at", time]), "2027-01-01T13:30");
    }
}

#[test]
fn a_knowledge_base_that_cannot_be_used_is_named() {
    let missing = told("agent", &["--knowledge", "/nowhere/base.json"]);
    assert_wrong_usage(&missing, "/nowhere/base.json");
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"[{\"product\": \"Tea\"}]").unwrap();
    let path = file.path().to_str().unwrap();
    assert_wrong_usage(&told("agent", &["--add-knowledge", path]), "offer");
}

#[test]
fn credentials_without_a_model_say_where_to_name_it() {
    let ended = told_with("agent", &json!({"endpoint_url": "http://127.0.0.1:1"}));
    assert_wrong_usage(&ended, "\"text-generation\": {\"gateway_model_name\"");
}

#[test]
fn credentials_are_for_one_story() {
    let ended = Program::start(&["demo", "--credentials", "mine.json"]).finish();
    assert_wrong_usage(&ended, "STORY");
}

#[test]
fn an_endpoint_that_is_near_must_be_meant() {
    let credentials = json!({
        "endpoint_url": "http://127.0.0.1:1",
        "image-generation": {"gateway_model_name": "m"},
    });
    let arguments = [
        "demo",
        "image",
        "--component",
        COMPONENT,
        "--credentials",
        "-",
    ];
    let ended = Program::start(&arguments)
        .feed(&credentials.to_string())
        .finish();
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("--allow-private"), "{ended:#?}");
}
