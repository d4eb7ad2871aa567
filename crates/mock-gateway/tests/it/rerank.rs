//! Rerank models behind a route, in the forms of three providers.

use http::StatusCode;
use mock_gateway::{Gateway, Rerank, RerankProvider, Upstream};
use serde_json::{Value, json};

use crate::support::{Response, post_to, route_to, routed};

const NESTED: &str = "/demo/api/v1/services/rerank/text-rerank/text-rerank";
const FLAT: &str = "/demo/compatible-api/v1/reranks";
const JINA: &str = "/demo/v1/rerank";

async fn gateway(provider: RerankProvider) -> Gateway {
    routed(route_to(Upstream::Rerank(Rerank::new(provider)))).await
}

async fn rank(provider: RerankProvider, path: &str, body: &Value) -> Response {
    post_to(&gateway(provider).await, path, body).await
}

fn flat() -> Value {
    json!({"model": "m", "query": "When does the museum open?", "documents": [
        "Tea is hot.",
        "The museum opens at ten.",
        "The museum sells postcards.",
    ]})
}

fn nested(parameters: &Value) -> Value {
    let Value::Object(mut input) = flat() else {
        panic!("an object was expected")
    };
    input.remove("model");
    json!({"model": "m", "input": input, "parameters": parameters})
}

fn indexes(results: &Value) -> Vec<u64> {
    let results = results.as_array().unwrap().iter();
    results
        .map(|result| result["index"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn every_form_ranks_the_matching_document_first() {
    for (provider, path) in [
        (RerankProvider::DashScope, FLAT),
        (RerankProvider::Jina, JINA),
        (RerankProvider::Cohere, JINA),
        (RerankProvider::Cohere, "/demo/v2/rerank"),
    ] {
        let body = rank(provider, path, &flat()).await.json();
        assert_eq!(indexes(&body["results"]), [1, 2, 0], "{provider:?} {path}");
    }
    let body = rank(RerankProvider::DashScope, NESTED, &nested(&json!({})))
        .await
        .json();
    let results = &body["output"]["results"];
    assert_eq!(indexes(results), [1, 2, 0]);
    let scores: Vec<f64> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["relevance_score"].as_f64().unwrap())
        .collect();
    assert!(
        scores.iter().all(|score| (0.0..=1.0).contains(score)),
        "{scores:?}"
    );
    assert!(scores[0] > 0.3 && scores[2] < 0.05, "{scores:?}");
}

#[tokio::test]
async fn only_the_best_are_returned_and_documents_only_on_request() {
    let wanted = json!({"top_n": 1, "return_documents": true});
    let body = rank(RerankProvider::DashScope, NESTED, &nested(&wanted))
        .await
        .json();
    let results = body["output"]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(
        results[0]["document"],
        json!({"text": "The museum opens at ten."})
    );
    assert!(body["usage"]["total_tokens"].as_u64().unwrap() > 0);

    let plain = rank(RerankProvider::DashScope, NESTED, &nested(&json!({})))
        .await
        .json();
    assert!(plain["output"]["results"][0].get("document").is_none());
    let jina = rank(RerankProvider::Jina, JINA, &flat()).await.json();
    assert!(jina["results"][0]["document"]["text"].is_string());
}

#[tokio::test]
async fn documents_may_be_objects() {
    let documents = json!([{"text": "Tea is hot."}, {"text": "The museum opens at ten."}]);
    let body = json!({"model": "m", "query": "museum", "documents": documents});
    let ranked = rank(RerankProvider::Jina, JINA, &body).await.json();
    assert_eq!(indexes(&ranked["results"]), [1, 0]);
}

#[tokio::test]
async fn documents_of_equal_score_keep_their_order() {
    let body = json!({"model": "m", "query": "nothing", "documents": ["a b", "c d", "e f"]});
    let ranked = rank(RerankProvider::Jina, JINA, &body).await.json();
    assert_eq!(indexes(&ranked["results"]), [0, 1, 2]);
}

#[tokio::test]
async fn an_invalid_request_is_an_error_in_the_providers_form() {
    let wrong = json!({"model": "m", "query": "museum", "documents": []});
    let flat = rank(RerankProvider::DashScope, FLAT, &wrong).await;
    assert_eq!(flat.json()["error"]["code"], "invalid_parameter_error");
    let jina = rank(RerankProvider::Jina, JINA, &wrong).await;
    assert!(jina.json()["detail"].is_string());
    let cohere = rank(RerankProvider::Cohere, JINA, &wrong).await;
    assert!(cohere.json()["message"].is_string());
    for response in [flat, jina, cohere] {
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
    }
    let many: Vec<&str> = vec!["x"; 501];
    for (input, parameters) in [
        (json!({"query": "q", "documents": many}), json!({})),
        (json!({"query": "", "documents": ["a"]}), json!({})),
        (json!({"documents": ["a"]}), json!({})),
        (json!({"query": "q", "documents": "a"}), json!({})),
        (json!({"query": "q", "documents": [1]}), json!({})),
        (
            json!({"query": "q", "documents": ["a"]}),
            json!({"top_n": 0}),
        ),
        (
            json!({"query": "q", "documents": ["a"]}),
            json!({"return_documents": "yes"}),
        ),
    ] {
        let body = json!({"model": "m", "input": input, "parameters": parameters});
        let response = rank(RerankProvider::DashScope, NESTED, &body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{parameters}");
        assert_eq!(response.json()["code"], "InvalidParameter");
    }
}
