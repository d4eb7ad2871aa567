//! The smallest provider, `examples/rule-provider`, in the program: it has no
//! form, imports nothing and serves one kind. `make example` builds it.

use serde_json::{Value, json};
use std::process::{Command, Output};

const MANIFEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../examples/rule-provider/manifest.yaml"
);

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_higress-host"))
        .args(arguments)
        .args(["--model", "words", "--json", "--manifest", MANIFEST])
        .output()
        .unwrap()
}

fn row(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn documents_are_ranked_by_the_words_that_they_share_with_the_query() {
    let documents = ["black coffee", "green tea leaves", "black tea"];
    let output = run(&[&["rerank", "green tea"][..], &documents].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let expected = json!([
        {"index": 1, "score": 2.0},
        {"index": 2, "score": 1.0},
        {"index": 0, "score": 0.0},
    ]);
    assert_eq!(row(&output)["results"], expected);
}

#[test]
fn other_kinds_are_unsupported() {
    for arguments in [&["text", "Hi"][..], &["embed", "Hi"], &["image", "A cat"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(row(&output)["error"]["kind"], "unsupported");
    }
}
