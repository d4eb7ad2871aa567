//! `describe`: what people and scripts learn of a model.

use crate::command_line::program::{COMPONENT, Ended, Program};
use serde_json::{Value, json};

fn describe(kind: &str, settings: &[&str], format: &[&str]) -> Ended {
    let mut arguments = vec!["describe", kind, "--component", COMPONENT, "--model", "m"];
    for setting in settings {
        arguments.extend(["--set", setting]);
    }
    arguments.extend(["--set", "endpoint_url=http://h"]);
    arguments.extend(format);
    Program::start(&arguments).finish()
}

fn described(kind: &str, settings: &[&str]) -> Value {
    let ended = describe(kind, settings, &["--json"]);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let mut lines = ended.json_lines();
    assert_eq!(lines.len(), 1, "{ended:?}");
    lines.remove(0)
}

fn names(description: &Value) -> Vec<&str> {
    let parameters = description["parameters"].as_array().unwrap().iter();
    parameters
        .map(|rule| rule["name"].as_str().unwrap())
        .collect()
}

#[test]
fn every_kind_has_parameters_with_labels_in_four_languages() {
    for (kind, parameter) in [
        ("text-generation", "temperature"),
        ("image-generation", "negative_prompt"),
        ("text-embedding", "dimensions"),
        ("text-rerank", "top_n"),
    ] {
        let description = described(kind, &[]);
        assert!(names(&description).contains(&parameter), "{description}");
        for rule in description["parameters"].as_array().unwrap() {
            for locale in ["en_US", "zh_Hans", "ja_JP", "pt_BR"] {
                let label = rule["label"][locale].as_str();
                assert!(label.is_some_and(|label| !label.is_empty()), "{rule}");
            }
        }
    }
}

#[test]
fn the_form_says_what_a_model_can_do() {
    let description = described(
        "text-generation",
        &[
            "function_calling_type=tool_call",
            "agent_thought_support=supported",
            "structured_output_support=supported",
            "context_size=131072",
            r#"advanced_options={"price_input": "0.8", "price_output": 2, "price_currency": "CNY"}"#,
        ],
    );
    assert_eq!(
        description["features"],
        json!([
            "tool-call",
            "multi-tool-call",
            "stream-tool-call",
            "reasoning",
            "structured-output"
        ])
    );
    assert_eq!(description["mode"], "chat");
    assert_eq!(description["context_size"], 131_072);
    let pricing = json!({"input": "0.8", "output": "2", "unit": "0.000001", "currency": "CNY"});
    assert_eq!(description["pricing"], pricing);
    let rules = description["parameters"].as_array().unwrap();
    let temperature = rules.iter().find(|rule| rule["name"] == "temperature");
    let temperature = temperature.unwrap();
    assert_eq!(temperature["value_type"], "float");
    assert_eq!(temperature["default_value"], 0.7);
    assert_eq!(temperature["minimum"], 0.0);
    assert_eq!(temperature["maximum"], 2.0);
    assert_eq!(temperature["precision"], 2);
}

#[test]
fn odd_values_do_not_fail_and_are_left_out() {
    let settings = ["context_size=many", "function_calling_type=telepathy"];
    let description = described("text-generation", &settings);
    assert_eq!(description["features"], json!([]));
    assert!(description.get("context_size").is_none(), "{description}");
}

#[test]
fn people_read_a_list() {
    let settings = [
        "context_size=8192",
        "function_calling_type=function_call",
        r#"advanced_options={"price_input": 1}"#,
    ];
    let ended = describe("text-generation", &settings, &[]);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    for line in [
        "  mode        chat",
        "  features    tool-call, stream-tool-call",
        "  context     8192 tokens",
        "  price       1 in, 0 out (USD, unit 0.000001)",
        "    temperature        float    Temperature, 0 to 2, default 0.7",
        "    response_format    string   Response format, one of text, json_object",
    ] {
        assert!(
            ended.stdout.lines().any(|other| other == line),
            "{line}\n{}",
            ended.stdout
        );
    }
}
