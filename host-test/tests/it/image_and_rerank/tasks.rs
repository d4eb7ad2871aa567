//! Images by a task: submitted once, asked for until it is done.

use super::images::{GENERATION, draw, request, urls};
use super::setting::{Setting, json, ok, options, refused, script};
use mock_gateway::ScriptedResponse;
use provider_host::Timeouts;
use provider_host::contract::types::{CallOptions, ErrorKind};
use std::time::Duration;

const AS_TASK: (&str, &str) = ("advanced_options", r#"{"image_call":"asynchronous"}"#);
const SUBMIT: &str = "POST /api/v1/services/aigc/image-generation/generation";
const ASK: &str = "GET /api/v1/tasks/t-1";
const CANCEL: &str = "POST /api/v1/tasks/t-1/cancel";

fn working(status: &str) -> ScriptedResponse {
    let body =
        format!(r#"{{"output":{{"task_id":"t-1","task_status":"{status}"}},"request_id":"r"}}"#);
    ok(&body).into()
}

fn ended(output: &str) -> ScriptedResponse {
    ok(&format!(
        r#"{{"output":{{"task_id":"t-1",{output}}},"request_id":"r"}}"#
    ))
    .into()
}

fn drawn() -> ScriptedResponse {
    ended(r#""task_status":"SUCCEEDED","results":[{"url":"https://i/1","actual_prompt":"better"}]"#)
}

#[tokio::test]
async fn a_task_is_asked_for_until_it_is_done() {
    let responses = [
        working("PENDING"),
        working("PENDING"),
        working("RUNNING"),
        drawn(),
    ];
    let setting = Setting::new(script(responses)).await;
    let values = [
        AS_TASK,
        ("consumer_auth_mode", "hmac"),
        ("hmac_key", "ak-1"),
        ("hmac_secret", "sk-secret"),
    ];
    let generation = draw(&setting, &values, &request(), &options())
        .await
        .unwrap();
    assert_eq!(urls(&generation), ["https://i/1"]);
    assert_eq!(
        generation.images[0].revised_prompt.as_deref(),
        Some("better")
    );
    assert_eq!(setting.asked(), [SUBMIT, ASK, ASK, ASK]);
    let requests = setting.gateway.requests();
    assert_eq!(requests[0].header("x-dashscope-async"), Some("enable"));
    let mut signatures: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.header("x-ca-signature"))
        .collect();
    assert!(signatures.iter().all(Option::is_some), "{signatures:?}");
    signatures.sort_unstable();
    signatures.dedup();
    assert_eq!(signatures.len(), 4, "each request is signed by itself");
    let question = &requests[1];
    assert!(question.body.is_empty());
    assert_eq!(question.header("content-type"), None);
    assert_eq!(question.header("transfer-encoding"), None);
}

#[tokio::test]
async fn a_task_that_nobody_asked_for_is_waited_for_as_well() {
    let setting = Setting::new(script([working("PENDING"), drawn()])).await;
    let generation = draw(&setting, &[], &request(), &options()).await.unwrap();
    assert_eq!(urls(&generation), ["https://i/1"]);
    assert_eq!(setting.asked(), [GENERATION, ASK]);
}

#[tokio::test]
async fn asking_may_fail_and_is_repeated_while_the_task_is_submitted_once() {
    let responses = [
        working("PENDING"),
        json(503, "model overloaded").into(),
        ScriptedResponse::NoResponse,
        json(429, r#"{"code":"Throttling.RateQuota","message":"slowly"}"#).into(),
        drawn(),
    ];
    let setting = Setting::new(script(responses)).await;
    let generation = draw(&setting, &[AS_TASK], &request(), &options())
        .await
        .unwrap();
    assert_eq!(urls(&generation), ["https://i/1"]);
    assert_eq!(setting.asked(), [SUBMIT, ASK, ASK, ASK, ASK]);
}

#[tokio::test]
async fn a_refused_question_ends_the_waiting_and_names_the_task() {
    let responses = [
        working("PENDING"),
        json(401, r#"{"code":"InvalidApiKey","message":"no"}"#).into(),
    ];
    let setting = Setting::new(script(responses)).await;
    let error = refused(draw(&setting, &[AS_TASK], &request(), &options()).await);
    assert_eq!(error.kind, ErrorKind::Authorization);
    assert!(error.message.contains("t-1"), "{}", error.message);
    assert_eq!(setting.asked(), [SUBMIT, ASK]);
}

#[tokio::test]
async fn images_that_failed_stand_beside_those_that_did_not() {
    let output = r#""task_status":"SUCCEEDED","results":[{"url":"https://i/1"},{"code":"DataInspectionFailed","message":"no"}]"#;
    let setting = Setting::new(script([working("RUNNING"), ended(output)])).await;
    let generation = draw(&setting, &[AS_TASK], &request(), &options())
        .await
        .unwrap();
    assert_eq!(urls(&generation), ["https://i/1"]);
    let kinds: Vec<ErrorKind> = generation
        .failures
        .iter()
        .map(|error| error.kind.clone())
        .collect();
    assert_eq!(kinds, [ErrorKind::ContentBlocked]);
}

#[tokio::test]
async fn a_task_that_failed_is_an_error_and_is_not_submitted_again() {
    for (output, kind) in [
        (
            r#""task_status":"FAILED","code":"InternalError.Timeout","message":"late""#,
            ErrorKind::Timeout,
        ),
        (
            r#""task_status":"FAILED","code":"DataInspectionFailed","message":"no""#,
            ErrorKind::ContentBlocked,
        ),
        (r#""task_status":"CANCELED""#, ErrorKind::ServerUnavailable),
        (r#""task_status":"UNKNOWN""#, ErrorKind::NotFound),
        (
            r#""task_status":"SUCCEEDED","results":[{"code":"DataInspectionFailed","message":"no"}]"#,
            ErrorKind::ContentBlocked,
        ),
    ] {
        let setting = Setting::new(script([working("PENDING"), ended(output)])).await;
        let error = refused(draw(&setting, &[AS_TASK], &request(), &options()).await);
        assert_eq!(error.kind, kind, "{output}: {}", error.message);
        assert!(
            error.request_sent && error.message.contains("t-1"),
            "{}",
            error.message
        );
        assert_eq!(setting.asked(), [SUBMIT, ASK], "{output}");
    }
}

#[tokio::test]
async fn a_task_with_an_unsafe_name_is_not_asked_for() {
    let response = ok(r#"{"output":{"task_id":"../../v1/models","task_status":"PENDING"}}"#);
    let setting = Setting::new(script([response])).await;
    let error = refused(draw(&setting, &[AS_TASK], &request(), &options()).await);
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert_eq!(setting.asked(), [SUBMIT]);
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_cancelled() {
    let setting = Setting::new(script([working("RUNNING")])).await;
    let patience = CallOptions {
        timeouts: Timeouts {
            first_byte_ms: Some(900),
            ..Timeouts::default()
        },
        ..options()
    };
    let error = refused(draw(&setting, &[AS_TASK], &request(), &patience).await);
    assert_eq!(error.kind, ErrorKind::Timeout, "{}", error.message);
    assert!(error.message.contains("t-1"), "{}", error.message);
    assert!(error.request_sent);
    let asked = setting
        .gateway
        .wait_for_requests(3, Duration::from_secs(5))
        .await;
    assert!(asked.is_ok(), "{:?}", setting.asked());
    assert_eq!(setting.asked(), [SUBMIT, ASK, CANCEL]);
}

#[tokio::test]
async fn a_check_that_begins_a_task_cancels_it() {
    use provider_host::contract::types::ModelKind;
    let setting = Setting::new(script([working("PENDING"), ok("{}").into()])).await;
    let model = setting.model(ModelKind::ImageGeneration, &[AS_TASK]);
    let seen = setting.tenant.validate(&model, &options()).await;
    assert!(seen.is_ok(), "{seen:?}");
    assert_eq!(setting.asked(), [SUBMIT, CANCEL]);
}
