//! What scripts read: one JSON object a line.

use crate::command_line::program::{COMPONENT, Program};
use crate::command_line::server::{delta, document, finish, responding, stream};
use serde_json::{Value, json};

fn usage() -> Value {
    json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}})
}

#[test]
fn a_stream_is_an_event_a_line() {
    let endpoint = responding(stream(&[
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"reasoning_content": "Hm."})),
        delta(&json!({"content": "Be"})),
        delta(&json!({"content": "cause.\n"})),
        finish("stop"),
        usage(),
        json!("[DONE]"),
    ]));
    let ended = Program::call(&["text", "Why?", "--json"], &endpoint).finish();
    let expected = [
        json!({"reasoning": "Hm."}),
        json!({"text": "Be"}),
        json!({"text": "cause.\n"}),
        json!({"usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}}),
        json!({"finish": "stop"}),
    ];
    assert_eq!(ended.json_lines(), expected, "{ended:?}");
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_tool_call_comes_in_fragments_and_then_whole() {
    let piece = |arguments: &str| {
        json!({"index": 0, "id": "call-1", "type": "function",
            "function": {"name": "weather", "arguments": arguments}})
    };
    let endpoint = responding(stream(&[
        delta(&json!({"tool_calls": [piece("{\"city\":")]})),
        delta(&json!({"tool_calls": [piece(" \"Rome\"}")]})),
        finish("tool_calls"),
        json!("[DONE]"),
    ]));
    let ended = Program::call(&["text", "Weather?", "--json"], &endpoint).finish();
    let expected = [
        json!({"tool_call": {"index": 0, "id": "call-1", "name": "weather",
            "arguments": "{\"city\":"}}),
        json!({"tool_call": {"index": 0, "arguments": " \"Rome\"}"}}),
        json!({"completed_tool_call": {"id": "call-1", "name": "weather",
            "arguments": "{\"city\": \"Rome\"}", "arguments_valid": true}}),
        json!({"finish": "tool-calls"}),
    ];
    let lines = ended.json_lines();
    assert_eq!(lines[..4], expected, "{ended:?}");
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[test]
fn without_streaming_there_is_one_line() {
    let response = json!({
        "model": "served", "choices": [{"index": 0, "finish_reason": "length",
            "message": {"role": "assistant", "content": "Because"}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    });
    let endpoint = responding(document(
        "200 OK",
        "application/json",
        &response.to_string(),
    ));
    let ended = Program::call(&["text", "Why?", "--json", "--no-stream"], &endpoint).finish();
    let lines = ended.json_lines();
    assert_eq!(lines.len(), 1, "{ended:?}");
    assert_eq!(lines[0]["text"], "Because");
    assert_eq!(lines[0]["finish_reason"], "length");
    assert_eq!(lines[0]["tool_calls"], json!([]));
    assert_eq!(lines[0]["usage"]["total_tokens"], 4);
    assert_eq!(lines[0]["info"]["model"], "served");
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[test]
fn the_provider_describes_itself_without_a_model() {
    let ended = Program::start(&["describe", "--component", COMPONENT, "--json"]).finish();
    let lines = ended.json_lines();
    assert_eq!(lines.len(), 1, "{ended:?}");
    assert_eq!(lines[0]["name"], "higress");
    assert!(
        lines[0]["kinds"]
            .as_array()
            .unwrap()
            .contains(&json!("text-generation"))
    );
}

#[test]
fn a_request_may_come_from_standard_input() {
    let endpoint = responding(stream(&[
        delta(&json!({"content": "Hi."})),
        finish("stop"),
        json!("[DONE]"),
    ]));
    let request = json!({
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
        "parameters": {"temperature": 0.5}
    });
    let program = Program::call(&["text", "--request", "-", "--json"], &endpoint);
    let ended = program.feed(&request.to_string()).finish();
    assert_eq!(ended.json_lines()[0], json!({"text": "Hi."}), "{ended:?}");
}
