//! One route to a model of each kind.

use http::StatusCode;
use mock_gateway::{Gateway, Provider, Upstream};
use serde_json::json;

use crate::support::{post_to, route_to, routed};

async fn gateway() -> Gateway {
    routed(route_to(Upstream::Provider(Provider::new()))).await
}

#[tokio::test]
async fn the_path_selects_the_kind() {
    let gateway = gateway().await;
    let message = json!({"role": "user", "content": "Hello"});
    let picture = json!({"role": "user", "content": [{"text": "A cat"}]});
    let ranking = json!({"query": "tea", "documents": ["tea", "coffee"]});
    for (path, body, place) in [
        (
            "/demo/v1/chat/completions",
            json!({"model": "m", "messages": [message]}),
            "/choices/0/message/content",
        ),
        (
            "/demo/v1/embeddings",
            json!({"model": "m", "input": "tea"}),
            "/data/0/embedding",
        ),
        (
            "/demo/api/v1/services/rerank/text-rerank/text-rerank",
            json!({"model": "m", "input": ranking}),
            "/output/results/0/relevance_score",
        ),
        (
            "/demo/api/v1/services/aigc/multimodal-generation/generation",
            json!({"model": "m", "input": {"messages": [picture]}}),
            "/output/choices/0/message/content/0/image",
        ),
    ] {
        let response = post_to(&gateway, path, &body).await;
        assert_eq!(
            response.status,
            StatusCode::OK,
            "{path}: {}",
            response.text()
        );
        assert!(
            response.json().pointer(place).is_some(),
            "{path}: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn an_unknown_path_is_rejected() {
    let response = post_to(&gateway().await, "/demo/v1/audio/speech", &json!({})).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    assert!(response.json()["error"]["message"].is_string());
}
