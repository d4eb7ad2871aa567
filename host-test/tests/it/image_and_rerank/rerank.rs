//! Rerank: every protocol's path, every shape of response, and validation.

use super::setting::{Setting, json, ok, options, refused, script};
use http::StatusCode;
use mock_gateway::MockResponse;
use provider_host::contract::text_rerank::{RankedDocument, Request, Response};
use provider_host::contract::types::{ErrorKind, ModelKind};
use provider_host::error::CallError;
use serde_json::json;
use std::time::{Duration, Instant};
use testing::soon;

const NATIVE: &str = "POST /api/v1/services/rerank/text-rerank/text-rerank";

fn request() -> Request {
    Request {
        top_n: Some(9),
        ..Request::new("which is red?", ["sky", "grass", "rose \"1\""])
    }
}

async fn rank(
    setting: &Setting,
    values: &[(&str, &str)],
    request: &Request,
) -> Result<Response, CallError> {
    let model = setting.model(ModelKind::TextRerank, values);
    soon(setting.tenant.rerank(&model, request, &options())).await
}

fn places(ranking: &Response) -> Vec<(u32, f64)> {
    let place = |result: &RankedDocument| (result.index, result.score);
    ranking.results.iter().map(place).collect()
}

#[tokio::test]
async fn blanks_do_not_keep_a_dead_response_alive() {
    let pause = Duration::from_millis(100);
    let drip = (0..100).fold(MockResponse::new(StatusCode::OK), |response, _| {
        response.bytes(" ").pause(pause)
    });
    let setting = Setting::new(script([drip])).await;
    let start = Instant::now();
    let outcome = rank(&setting, &[("timeouts", "2,2,0.5")], &request()).await;
    assert_eq!(refused(outcome).kind, ErrorKind::Timeout);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn every_shape_of_response_is_taken_over_every_protocol() {
    let results = r#"[{"index":0,"relevance_score":0.25},{"index":2,"relevance_score":0.75,"document":{"text":"rose"}}]"#;
    let shapes = [
        format!(
            r#"{{"output":{{"results":{results}}},"usage":{{"total_tokens":7}},"request_id":"r"}}"#
        ),
        format!(r#"{{"object":"list","results":{results},"usage":{{"total_tokens":7}}}}"#),
        format!(
            r#"{{"data":{},"usage":{{"prompt_tokens":7,"total_tokens":7}}}}"#,
            results.replace("relevance_score", "score")
        ),
    ];
    for (protocol, path) in [
        ("dashscope_rerank", NATIVE),
        ("dashscope_native_rerank", NATIVE),
        ("dashscope_compatible_rerank", "POST /v1/reranks"),
        ("cohere_rerank", "POST /v1/rerank"),
    ] {
        let setting = Setting::new(script(shapes.iter().map(|shape| ok(shape)))).await;
        for shape in &shapes {
            let values = [("rerank_model_protocol", protocol)];
            let ranking = rank(&setting, &values, &request()).await.unwrap();
            assert_eq!(
                places(&ranking),
                [(2, 0.75), (0, 0.25)],
                "{protocol}: {shape}"
            );
            let tokens = ranking.usage.and_then(|usage| usage.total_tokens);
            assert_eq!(tokens, Some(7), "{protocol}: {shape}");
            assert!(ranking.metadata.total_ms.is_some() && ranking.metadata.request_id.is_some());
        }
        assert_eq!(setting.asked(), [path; 3]);
    }
}

#[tokio::test]
async fn a_bare_array_is_a_ranking() {
    let response = r#"[{"index":1,"score":-2.5},{"index":2,"score":4}]"#;
    let setting = Setting::new(script([ok(response)])).await;
    let ranking = rank(&setting, &[], &request()).await.unwrap();
    assert_eq!(places(&ranking), [(2, 4.0), (1, -2.5)]);
    let sent = setting.body(0);
    assert_eq!(
        sent["input"]["documents"],
        json!(["sky", "grass", "rose \"1\""])
    );
    assert_eq!(
        sent["parameters"],
        json!({"return_documents": false, "top_n": 3})
    );
}

#[tokio::test]
async fn threshold_and_normalization_are_applied_here() {
    let response =
        r#"{"results":[{"index":0,"score":-4},{"index":1,"score":0},{"index":2,"score":4}]}"#;
    let setting = Setting::new(script([ok(response)])).await;
    let values = [("advanced_options", r#"{"rerank_scores":"normalized"}"#)];
    let wanted = Request {
        score_threshold: Some(0.5),
        ..request()
    };
    let ranking = rank(&setting, &values, &wanted).await.unwrap();
    assert_eq!(places(&ranking), [(2, 1.0), (1, 0.5)]);
}

#[tokio::test]
async fn nothing_to_rank_needs_no_server() {
    let setting = Setting::new(script([ok("{}")])).await;
    let wanted = Request {
        documents: Vec::new(),
        ..request()
    };
    let ranking = rank(&setting, &[], &wanted).await.unwrap();
    assert!(ranking.results.is_empty());
    let wanted = Request {
        query: " ".to_owned(),
        ..request()
    };
    let error = refused(rank(&setting, &[], &wanted).await);
    assert_eq!(
        (error.kind, error.request_sent),
        (ErrorKind::InvalidRequest, false)
    );
    assert_eq!(setting.asked(), [""; 0]);
}

#[tokio::test]
async fn a_thousand_documents_are_ranked() {
    let items: Vec<String> = (0..1000)
        .map(|index| format!(r#"{{"index":{index},"relevance_score":0.{index:03}}}"#))
        .collect();
    let response = format!(r#"{{"output":{{"results":[{}]}}}}"#, items.join(","));
    let setting = Setting::new(script([ok(&response)])).await;
    let wanted = Request {
        documents: vec!["word ".repeat(1000); 1000],
        top_n: None,
        ..request()
    };
    let ranking = rank(&setting, &[], &wanted).await.unwrap();
    let order: Vec<u32> = ranking.results.iter().map(|result| result.index).collect();
    assert_eq!(order, (0..1000).rev().collect::<Vec<u32>>());
}

#[tokio::test]
async fn a_result_that_makes_no_sense_fails_the_call() {
    for results in [
        r#"[{"index":3,"score":1}]"#,
        r#"[{"index":1,"score":1},{"index":1,"score":1}]"#,
        r#"[{"index":1}]"#,
        "null",
    ] {
        let response = ok(&format!(r#"{{"results":{results}}}"#));
        let setting = Setting::new(script([response])).await;
        let error = refused(rank(&setting, &[], &request()).await);
        assert_eq!(
            error.kind,
            ErrorKind::Protocol,
            "{results}: {}",
            error.message
        );
        assert_eq!(setting.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_form_is_valid_if_two_documents_are_ranked() {
    let ranked = ok(r#"{"results":[{"index":0,"score":1},{"index":1,"score":0}]}"#);
    let refusal = json(401, r#"{"code":"InvalidApiKey","message":"no"}"#);
    let none = ok(r#"{"results":[]}"#);
    let responses = [ranked, refusal, none, ok("<html>login</html>")];
    let setting = Setting::new(script(responses)).await;
    let model = setting.model(ModelKind::TextRerank, &[]);
    let options = options();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let outcome = soon(setting.tenant.validate(&model, &options)).await;
        seen.push(outcome.map(|_| ()).map_err(|error| match error {
            CallError::Provider(error) => error.kind,
            other => panic!("{other:?}"),
        }));
    }
    assert_eq!(
        seen,
        [
            Ok(()),
            Err(ErrorKind::Authorization),
            Err(ErrorKind::Protocol),
            Err(ErrorKind::Protocol)
        ]
    );
    assert_eq!(
        setting.body(0)["input"]["documents"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}
