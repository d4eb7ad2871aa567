//! Text comes while the server is still writing, and stops when nobody wants
//! it any more.

use crate::command_line::program::Program;
use crate::command_line::server::{MockGateway, delta, finish, sse};
use mock_gateway::{Backend, Ending, GatewayConfig, Latch, MockResponse, Outcome, Route, Script};
use serde_json::json;
use std::time::Duration;

/// A gateway whose one answer halts in the middle until the latch is opened.
fn halting() -> (MockGateway, Latch) {
    let latch = Latch::closed();
    let answer = MockResponse::event_stream()
        .bytes(sse(&delta(&json!({"content": "Once upon"}))))
        .wait(&latch)
        .bytes(sse(&delta(&json!({"content": " a time"}))))
        // Time in which a reader that has left is noticed.
        .pause(Duration::from_millis(50))
        .bytes(sse(&finish("stop")))
        .bytes(sse(&json!("[DONE]")));
    let route = Route::new("", Backend::Script(Script::new(answer)));
    (MockGateway::start(GatewayConfig::new().route(route)), latch)
}

#[test]
fn text_is_shown_before_the_server_has_finished() {
    let (mock, latch) = halting();
    let mut program = Program::call(&["text", "A story"], &mock.gateway.url("/v1"));
    assert_eq!(program.wait_for("Once"), "Once upon");
    assert!(program.is_running());
    latch.open();
    let ended = program.finish();
    assert_eq!(ended.stdout, "Once upon a time\n");
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(ended.stderr.starts_with("test-model"), "{ended:?}");
}

#[test]
fn events_are_printed_before_the_server_has_finished() {
    let (mock, latch) = halting();
    let mut program = Program::call(&["text", "A story", "--json"], &mock.gateway.url("/v1"));
    assert_eq!(program.wait_for("\n"), "{\"text\":\"Once upon\"}\n");
    latch.open();
    let ended = program.finish();
    let last = ended.json_lines().pop();
    assert_eq!(last, Some(json!({"finish": "stop"})), "{ended:?}");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    for format in [&[][..], &["--json"]] {
        let (mock, latch) = halting();
        let arguments = [&["text", "A story"][..], format].concat();
        let mut program = Program::call(&arguments, &mock.gateway.url("/v1"));
        program.wait_for("Once");
        program.close_output();
        latch.open();
        let ended = program.finish();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_cancels_the_request() {
    let answer = MockResponse::event_stream()
        .bytes(sse(&delta(&json!({"content": "Once upon"}))))
        .ending(Ending::Hang);
    let route = Route::new("", Backend::Script(Script::new(answer)));
    let mock = MockGateway::start(GatewayConfig::new().route(route));
    let mut program = Program::call(&["text", "A story", "--json"], &mock.gateway.url("/v1"));
    program.wait_for("Once");
    let process = program.process().to_string();
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &process])
        .status();
    assert!(interrupt.unwrap().success());
    let ended = program.finish();
    assert_eq!(ended.status, Some(130), "{ended:?}");
    let last = ended.json_lines().pop().unwrap();
    assert_eq!(last["error"]["kind"], "cancelled", "{ended:?}");
    let over = mock.gateway.wait_for_outcome(0, Duration::from_secs(20));
    let request = mock.runtime.block_on(over).unwrap();
    assert_eq!(request.outcome, Outcome::AbortedByClient);
}
