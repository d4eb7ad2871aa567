//! Images, vectors and rankings, as people and scripts see them.

use crate::command_line::program::{Ended, Program};
use crate::command_line::server::MockGateway;
use mock_gateway::{Backend, GatewayConfig, Images, Provider, Route, Upstream};
use serde_json::json;

fn gateway() -> MockGateway {
    serving(Provider::new())
}

fn serving(provider: Provider) -> MockGateway {
    let route = Route::new("/demo", Backend::Upstream(Upstream::Provider(provider)));
    MockGateway::start(GatewayConfig::new().route(route))
}

fn call(command: &[&str], mock: &MockGateway) -> Ended {
    let ended = Program::call(command, &mock.gateway.url("/demo")).finish();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    ended
}

const RANKING: [&str; 5] = [
    "rerank",
    "When does the museum open?",
    "Tea is hot.",
    "The museum opens at ten.",
    "The museum sells postcards.",
];

#[test]
fn a_ranking_is_a_table_with_the_best_first() {
    let ended = call(&RANKING, &gateway());
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{ended:?}");
    assert!(lines[0].starts_with("rank"), "{ended:?}");
    assert!(
        lines[1].ends_with("1  The museum opens at ten."),
        "{ended:?}"
    );
    assert!(ended.stderr.starts_with("test-model"), "{ended:?}");
}

#[test]
fn a_ranking_in_json_is_one_line() {
    let ended = call(
        &[&RANKING[..], &["--top-n", "2", "--json"]].concat(),
        &gateway(),
    );
    let lines = ended.json_lines();
    assert_eq!(lines.len(), 1, "{ended:?}");
    let results = lines[0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "{ended:?}");
    assert_eq!(results[0]["index"], 1, "{ended:?}");
    assert!(lines[0]["usage"]["total_tokens"].is_u64(), "{ended:?}");
    assert_eq!(ended.stderr, "");
}

#[test]
fn vectors_are_shown_by_their_first_values() {
    let command = ["embed", "one text", "另一个", "--dimensions", "64"];
    let ended = call(&command, &gateway());
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines[0], "2 vectors of 64 values", "{ended:?}");
    assert!(lines[1].ends_with("…]  one text"), "{ended:?}");
    assert!(lines[2].ends_with("…]  另一个"), "{ended:?}");
}

#[test]
fn more_texts_than_a_request_takes_come_back_in_their_order() {
    let texts: Vec<String> = (0..23)
        .map(|number| format!("text number {number}"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mock = gateway();
    let batches = ["--set", "embedding_batch_size=10", "--json"];
    let command = [&["embed"][..], &texts, &batches].concat();
    let all = call(&command, &mock).json_lines().remove(0);
    assert_eq!(all["values"].as_array().unwrap().len(), 23);
    let last = call(&["embed", texts[22], "--json"], &mock)
        .json_lines()
        .remove(0);
    assert_eq!(all["values"][22], last["values"][0]);
}

#[test]
fn images_are_shown_as_their_urls() {
    let mock = gateway();
    let command = ["image", "A cat", "--count", "2", "--size", "512x512"];
    let ended = call(&command, &mock);
    let pictures = mock.gateway.url("/images/");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{ended:?}");
    assert!(
        lines.iter().all(|line| line.starts_with(&pictures)),
        "{ended:?}"
    );
}

#[test]
fn an_image_that_came_as_a_url_is_not_saved_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pictures");
    let ended = call(
        &["image", "A cat", "--output", path.to_str().unwrap()],
        &gateway(),
    );
    assert!(ended.stdout.starts_with("http://"), "{ended:?}");
    assert!(ended.stderr.contains("is not saved"), "{ended:?}");
    assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
}

#[test]
fn images_in_json_are_one_line() {
    let ended = call(&["image", "A cat", "--json"], &gateway());
    let lines = ended.json_lines();
    assert_eq!(lines.len(), 1, "{ended:?}");
    assert!(lines[0]["images"][0]["url"].is_string(), "{ended:?}");
    assert_eq!(lines[0]["failures"], json!([]), "{ended:?}");
}

#[test]
fn a_refused_prompt_is_blocked_content() {
    let mock = serving(Provider::new().images(Images::new().refusing("weapon")));
    let arguments = ["image", "A weapon", "--json"];
    let ended = Program::call(&arguments, &mock.gateway.url("/demo")).finish();
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let error = &ended.json_lines()[0]["error"];
    assert_eq!(error["kind"], "content-blocked", "{ended:?}");
}
