//! Requests and responses of every protocol.

use super::*;
use crate::call_options::CallOptions;
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::form::Form;
use crate::http::ResponseHead;
use crate::response::document::Document;
use crate::secret::Secrets;
use proptest::prelude::*;

const NATIVE: &str = "/api/v1/services/rerank/text-rerank/text-rerank";

fn form(values: &[(&str, &str)]) -> Vec<(String, String)> {
    [("endpoint_url", "http://h/team")]
        .iter()
        .chain(values)
        .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
        .collect()
}

fn sent(values: &[(&str, &str)], request: &Request) -> Result<(String, String), Error> {
    let values = form(values);
    let form = Form::parse(&values)?;
    let reranker = Reranker::parse(&form)?;
    let credentials = Credentials::parse(&form, "gte-rerank-v2")?;
    let call = ResolvedOptions::new(CallOptions::default(), &credentials)?;
    let request = reranker.encode(&credentials, request, &call)?;
    Ok((
        request.path_and_query,
        String::from_utf8(request.body).unwrap(),
    ))
}

fn request() -> Request {
    Request {
        query: "q".to_owned(),
        documents: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
        ..Request::default()
    }
}

fn full_request() -> Request {
    Request {
        top_n: Some(2),
        instruction: Some("by taste".to_owned()),
        ..request()
    }
}

fn ranking(body: &str, request: &Request, scores: Scores) -> Result<Ranking, Error> {
    let head = ResponseHead {
        status: 200,
        headers: Vec::new(),
    };
    let secrets = Secrets::default();
    read(
        Document::new(&head, body.as_bytes(), &secrets),
        request,
        scores,
    )
}

fn places(body: &str) -> Vec<(u32, f64)> {
    let ranking =
        ranking(body, &request(), Scores::Raw).unwrap_or_else(|error| panic!("{body}: {error:?}"));
    ranking
        .results
        .iter()
        .map(|result| (result.index, result.score))
        .collect()
}

#[test]
fn each_protocol_has_its_path_and_body() {
    for (protocol, path, body) in [
        (
            "dashscope_rerank",
            NATIVE,
            r#"{"model":"gte-rerank-v2","input":{"query":"q","documents":["a","b","c"]},"parameters":{"return_documents":false,"top_n":2,"instruct":"by taste"}}"#,
        ),
        (
            "dashscope_native_rerank",
            NATIVE,
            r#"{"model":"gte-rerank-v2","input":{"query":"q","documents":["a","b","c"]},"parameters":{"return_documents":false,"top_n":2,"instruct":"by taste"}}"#,
        ),
        (
            "dashscope_compatible_rerank",
            "/v1/reranks",
            r#"{"model":"gte-rerank-v2","query":"q","documents":["a","b","c"],"top_n":2,"instruct":"by taste"}"#,
        ),
    ] {
        let sent = sent(&[("rerank_model_protocol", protocol)], &full_request()).unwrap();
        assert_eq!(sent, (format!("/team{path}"), body.to_owned()));
    }
    let cohere = sent(
        &[("rerank_model_protocol", "cohere_rerank")],
        &Request {
            top_n: Some(2),
            ..request()
        },
    );
    assert_eq!(
        cohere.unwrap(),
        (
            "/team/v1/rerank".to_owned(),
            r#"{"model":"gte-rerank-v2","query":"q","documents":["a","b","c"],"top_n":2,"return_documents":false}"#.to_owned()
        )
    );
}

#[test]
fn what_is_not_set_is_not_sent() {
    let (_, body) = sent(&[], &request()).unwrap();
    assert!(
        body.ends_with(r#""parameters":{"return_documents":false}}"#),
        "{body}"
    );
}

#[test]
fn the_model_of_the_compatible_api_is_asked_there() {
    for (protocol, model, path) in [
        ("dashscope_rerank", "qwen3-rerank", "/v1/reranks"),
        ("dashscope_rerank", "qwen/Qwen3-Rerank", "/v1/reranks"),
        ("dashscope_rerank", "qwen3-vl-rerank", NATIVE),
        ("dashscope_rerank", "qwen3-reranker-8b", NATIVE),
        ("dashscope_native_rerank", "qwen3-rerank", NATIVE),
        ("cohere_rerank", "qwen3-rerank", "/v1/rerank"),
    ] {
        let values = [
            ("rerank_model_protocol", protocol),
            ("gateway_model_name", model),
        ];
        let (sent, _) = sent(&values, &request()).unwrap();
        assert_eq!(sent, format!("/team{path}"), "{protocol} {model}");
    }
}

#[test]
fn a_pasted_endpoint_of_the_compatible_api_keeps_its_base() {
    let values = [
        ("endpoint_url", "https://d/compatible-api/v1/reranks"),
        ("rerank_model_protocol", "dashscope_compatible_rerank"),
    ];
    let (path, _) = sent(&values, &request()).unwrap();
    assert_eq!(path, "/compatible-api/v1/reranks");
}

#[test]
fn no_more_is_asked_for_than_there_are_documents() {
    let greedy = Request {
        top_n: Some(99),
        ..request()
    };
    let (_, body) = sent(&[], &greedy).unwrap();
    assert!(body.contains(r#""top_n":3"#), "{body}");
}

#[test]
fn normalized_scores_are_asked_for_all_documents() {
    let values = [("advanced_options", r#"{"rerank_scores":"normalized"}"#)];
    let (_, body) = sent(&values, &full_request()).unwrap();
    assert!(!body.contains("top_n"), "{body}");
}

#[test]
fn a_call_that_makes_no_sense_is_refused_before_sending() {
    for (wrong, named) in [
        (
            Request {
                query: " \n".to_owned(),
                ..request()
            },
            "`query`",
        ),
        (
            Request {
                query: String::new(),
                documents: Vec::new(),
                ..request()
            },
            "`query`",
        ),
        (
            Request {
                documents: vec![String::new(); MAX_DOCUMENTS + 1],
                ..request()
            },
            "too many documents (1001)",
        ),
        (
            Request {
                top_n: Some(0),
                ..request()
            },
            "`top_n`",
        ),
        (
            Request {
                score_threshold: Some(f64::NAN),
                ..request()
            },
            "`score_threshold`",
        ),
    ] {
        let error = sent(&[], &wrong).unwrap_err();
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::InvalidRequest, false)
        );
        assert!(error.message.contains(named), "{}", error.message);
        assert!(error.field.is_some(), "{}", error.message);
    }
}

#[test]
fn an_instruction_without_a_place_for_it_is_not_dropped() {
    let error = sent(
        &[("rerank_model_protocol", "cohere_rerank")],
        &full_request(),
    )
    .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(error.message.contains("`instruction`"), "{}", error.message);
}

#[test]
fn an_unknown_word_in_the_form_names_its_variable() {
    for (variable, value, named) in [
        (
            "rerank_model_protocol",
            "telepathy",
            "`rerank_model_protocol`",
        ),
        (
            "rerank_usage_scenario",
            "embedding",
            "`rerank_usage_scenario`",
        ),
        (
            "advanced_options",
            r#"{"rerank_scores":"best"}"#,
            "`rerank_scores`",
        ),
    ] {
        let error = sent(&[(variable, value)], &request()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidCredentials);
        assert!(error.message.starts_with(named), "{}", error.message);
    }
}

#[test]
fn every_shape_of_response_is_taken() {
    for body in [
        r#"{"output":{"results":[{"index":2,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]},"request_id":"r"}"#,
        r#"{"output":{"results":[{"index":0,"relevance_score":0.1,"document":{"text":"a"}},{"index":2,"relevance_score":0.9}]},"code":""}"#,
        r#"{"id":"x","object":"list","results":[{"index":2,"relevance_score":0.9,"document":null},{"index":0,"relevance_score":0.1,"document":"a"}]}"#,
        r#"{"results":[{"index":"2","score":0.9,"meta_info":{}},{"index":0.0,"score":0.1}],"code":"200","message":"ok"}"#,
        r#"{"data":[{"index":0,"score":0.1},{"index":2,"score":0.9,"object":"score"}]}"#,
        r#"[{"score":0.1,"document":"a","index":0},{"score":0.9,"text":"c","index":2}]"#,
        "\u{feff}[{\"score\":0.1,\"index\":0},{\"score\":0.9,\"index\":2}]",
        r#"{"output":null,"results":[{"index":0,"relevance_score":null,"score":0.1},{"index":2,"relevance_score":9e-1}]}"#,
    ] {
        assert_eq!(places(body), [(2, 0.9), (0, 0.1)], "{body}");
    }
}

#[test]
fn a_server_that_ranks_none_or_more_than_asked_is_no_failure() {
    assert_eq!(places(r#"{"results":[]}"#), []);
    let body = r#"{"results":[{"index":0,"score":1},{"index":1,"score":3},{"index":2,"score":2}]}"#;
    let best = ranking(body, &full_request(), Scores::Raw).unwrap();
    let best: Vec<u32> = best.results.iter().map(|result| result.index).collect();
    assert_eq!(best, [1, 2]);
}

#[test]
fn facts_and_usage_are_read_beside_the_results() {
    let body = r#"{"model":"m","results":[],"usage":{"total_tokens":7},"request_id":"r"}"#;
    let ranking = ranking(body, &request(), Scores::Raw).unwrap();
    assert_eq!(ranking.usage.and_then(|usage| usage.total_tokens), Some(7));
    assert_eq!(ranking.info.model.as_deref(), Some("m"));
    assert_eq!(ranking.info.request_id.as_deref(), Some("r"));
}

#[test]
fn a_result_that_makes_no_sense_fails_the_response() {
    for (results, said) in [
        (r#"{"index":3,"score":1}"#, "index 3, out of range for 3"),
        (r#"{"index":-1,"score":1}"#, "without an index"),
        (
            r#"{"index":99999999999999999999,"score":1}"#,
            "without an index",
        ),
        (r#"{"score":1}"#, "without an index"),
        (
            r#"{"index":1,"score":1},{"index":1,"score":2}"#,
            "document 1 twice",
        ),
        (r#"{"index":1}"#, "no score"),
        (r#"{"index":1,"score":"high"}"#, "no score"),
        (r#"{"index":1,"score":null}"#, "no score"),
        (r#"{"index":1,"score":1e999}"#, "no score"),
        ("7", "not an object"),
    ] {
        let body = format!(r#"{{"results":[{results}]}}"#);
        let error = ranking(&body, &request(), Scores::Raw).expect_err(results);
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::Protocol, true)
        );
        assert!(error.message.contains(said), "{results}: {}", error.message);
    }
}

#[test]
fn a_response_without_results_is_the_servers_error_or_a_protocol_error() {
    for (body, kind) in [
        (
            r#"{"code":"InvalidParameter","message":"too many"}"#,
            ErrorKind::BadRequest,
        ),
        (
            r#"{"error":{"message":"no","code":"DataInspectionFailed"}}"#,
            ErrorKind::ContentBlocked,
        ),
        (r#"{"results":null}"#, ErrorKind::Protocol),
        (r#"{"results":{}}"#, ErrorKind::Protocol),
        (r#"{"results":[{"index":0"#, ErrorKind::Protocol),
        ("<html>login</html>", ErrorKind::Protocol),
        ("", ErrorKind::Protocol),
        ("NaN", ErrorKind::Protocol),
    ] {
        let error = ranking(body, &request(), Scores::Raw).expect_err(body);
        assert_eq!(error.kind, kind, "{body}: {}", error.message);
        assert_eq!(error.status, Some(200));
    }
}

#[test]
fn an_error_beside_results_is_a_failure() {
    for error in [
        r#"{"message":"partial failure","code":500}"#,
        r#""partial failure""#,
    ] {
        let body = format!(r#"{{"results":[{{"index":0,"score":1}}],"error":{error}}}"#);
        let error = ranking(&body, &request(), Scores::Raw).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ServerUnavailable);
        assert!(
            error.message.contains("partial failure"),
            "{}",
            error.message
        );
    }
    for error in ["null", "{}", "\"\"", "false"] {
        let body = format!(r#"{{"results":[{{"index":0,"score":1}}],"error":{error}}}"#);
        assert_eq!(places(&body), [(0, 1.0)]);
    }
}

#[test]
fn only_a_whole_document_is_a_ranking() {
    for body in [
        r#"{"results":[{"index":0,"score":1}]}garbage"#,
        r#"{"results":[{"index":0,"score":1}],}"#,
        r#"{"results":[{"index":0,"score":1}],"usage":{"total_tokens":}}"#,
        r#"{"trace":[{"index":0,"score":1}]}"#,
        r#"[{"index":0,"score":1}]]"#,
        r#"[{"index":0,"score":1},]"#,
    ] {
        let error = ranking(body, &request(), Scores::Raw).expect_err(body);
        assert_eq!(error.kind, ErrorKind::Protocol, "{body}");
    }
}

#[test]
fn the_request_for_a_probe_is_one_that_can_be_sent() {
    assert!(Request::probe().check().is_ok());
    assert!(!Request::probe().is_empty());
    assert!(
        Request {
            documents: Vec::new(),
            ..request()
        }
        .is_empty()
    );
}

proptest! {
    #[test]
    fn no_response_makes_it_fail_otherwise_than_by_an_error(body in ".{0,200}") {
        let _ = ranking(&body, &request(), Scores::Normalized);
    }

    #[test]
    fn a_whole_ranking_comes_back_in_the_order_of_its_scores(
        scores in prop::collection::vec(-1000..1000_i32, 0..200)
    ) {
        let items: Vec<String> = scores.iter().enumerate()
            .map(|(index, score)| format!(r#"{{"index":{index},"relevance_score":{score}}}"#))
            .collect();
        let asked = Request { documents: vec![String::new(); scores.len()], ..request() };
        let body = format!(r#"{{"output":{{"results":[{}]}}}}"#, items.join(","));
        let found = ranking(&body, &asked, Scores::Raw).unwrap().results;
        let mut expected: Vec<(i32, usize)> = scores.iter().copied().zip(0..).collect();
        expected.sort_by_key(|(score, index)| (-score, *index));
        let expected: Vec<(f64, u32)> = expected.into_iter()
            .map(|(score, index)| (f64::from(score), u32::try_from(index).unwrap()))
            .collect();
        let found: Vec<(f64, u32)> = found.iter().map(|r| (r.score, r.index)).collect();
        prop_assert_eq!(found, expected);
    }
}
