//! Embedding models behind a route: vectors with which one finds things, in
//! the forms and within the limits of two providers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use mock_gateway::{EmbeddingProvider, EmbeddingQuirk, Embeddings, Gateway, Upstream};
use serde_json::{Value, json};

use crate::support::{Response, client, post, post_to, route_to, routed, send, with};

const NATIVE: &str = "/demo/api/v1/services/embeddings/text-embedding/text-embedding";

async fn gateway(embeddings: Embeddings) -> Gateway {
    routed(route_to(Upstream::Embeddings(embeddings))).await
}

async fn openai() -> Gateway {
    gateway(Embeddings::new(EmbeddingProvider::OpenAi)).await
}

async fn embed(gateway: &Gateway, body: &Value) -> Response {
    post_to(gateway, "/demo/v1/embeddings", body).await
}

fn asking(texts: &[&str]) -> Value {
    json!({"model": "m", "input": texts})
}

fn vectors(response: &Response) -> Vec<Vec<f64>> {
    let data = response.json()["data"].as_array().unwrap().clone();
    let vector = |row: &Value| {
        let values = row["embedding"].as_array().unwrap().clone();
        values.iter().map(|value| value.as_f64().unwrap()).collect()
    };
    data.iter().map(vector).collect()
}

fn cosine(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn a_question_finds_its_answer() {
    let documents = [
        "Refunds are paid within five days.",
        "The museum opens at ten.",
        "退货需要在三十天内申请。",
        "Green tea is on offer this week.",
    ];
    let gateway = openai().await;
    let known = vectors(&embed(&gateway, &asking(&documents)).await);
    for (question, place) in [
        ("How long does a refund take?", 0),
        ("When does the museum open?", 1),
        ("怎么申请退货？", 2),
        ("Is there an offer on tea?", 3),
    ] {
        let asked = vectors(&embed(&gateway, &json!({"model": "m", "input": question})).await);
        let near = |vector: &Vec<f64>| cosine(&asked[0], vector);
        let best = (0..known.len()).max_by(|&a, &b| near(&known[a]).total_cmp(&near(&known[b])));
        assert_eq!(best, Some(place), "{question}");
    }
}

#[tokio::test]
async fn a_response_has_the_model_the_usage_and_indexes() {
    let body = embed(&openai().await, &asking(&["one two", "three"]))
        .await
        .json();
    assert_eq!(body["object"], "list");
    assert_eq!(body["model"], "m");
    assert_eq!(
        body["usage"],
        json!({"prompt_tokens": 3, "total_tokens": 3})
    );
    assert_eq!(body["data"][1]["index"], 1);
    assert_eq!(
        body["data"][0]["embedding"].as_array().unwrap().len(),
        1_536
    );
}

#[tokio::test]
async fn base64_holds_the_same_numbers() {
    let gateway = openai().await;
    let asked = with(asking(&["one"]), json!({"dimensions": 8}));
    let numbers = vectors(&embed(&gateway, &asked).await).remove(0);
    let asked = with(asked, json!({"encoding_format": "base64"}));
    let body = embed(&gateway, &asked).await.json();
    let bytes = STANDARD
        .decode(body["data"][0]["embedding"].as_str().unwrap())
        .unwrap();
    let decoded: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    assert_eq!(decoded.len(), 8);
    for (decoded, number) in decoded.iter().zip(&numbers) {
        assert!((f64::from(*decoded) - number).abs() < 1e-6);
    }
}

#[tokio::test]
async fn too_many_texts_are_rejected_with_each_providers_message() {
    let texts = vec!["x"; 11];
    let limited = Embeddings::new(EmbeddingProvider::OpenAi).batch_limit(10);
    let response = embed(&gateway(limited).await, &asking(&texts)).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["error"]["code"], "array_above_max_length");

    let gateway = gateway(Embeddings::new(EmbeddingProvider::DashScope)).await;
    let response = embed(&gateway, &asking(&texts)).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    let body = response.json();
    assert_eq!(body["error"]["code"], "invalid_parameter_error");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("should not be larger than 10"),
        "{message}"
    );
    assert_eq!(
        embed(&gateway, &asking(&texts[..10])).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn quirks_change_the_order_the_indexes_or_the_number() {
    let indexes = async |quirk| {
        let model = Embeddings::new(EmbeddingProvider::OpenAi).quirk(quirk);
        let body = embed(&gateway(model).await, &asking(&["a", "b", "c"]))
            .await
            .json();
        let rows = body["data"].as_array().unwrap().clone();
        let indexes: Vec<u64> = rows
            .iter()
            .map(|row| row["index"].as_u64().unwrap())
            .collect();
        indexes
    };
    assert_eq!(indexes(EmbeddingQuirk::None).await, [0, 1, 2]);
    assert_eq!(indexes(EmbeddingQuirk::ZeroIndexes).await, [0, 0, 0]);
    assert_eq!(indexes(EmbeddingQuirk::OneMissing).await, [0, 1]);
    assert_eq!(indexes(EmbeddingQuirk::OneTooMany).await, [0, 1, 2, 3]);
    let mut shuffled = indexes(EmbeddingQuirk::ShuffledIndexes).await;
    assert_ne!(shuffled, [0, 1, 2]);
    shuffled.sort_unstable();
    assert_eq!(shuffled, [0, 1, 2]);
}

#[tokio::test]
async fn shuffled_vectors_keep_their_indexes() {
    let asked = asking(&["one", "two", "three", "four"]);
    let straight = embed(&openai().await, &asked).await.json();
    let model = Embeddings::new(EmbeddingProvider::OpenAi).quirk(EmbeddingQuirk::ShuffledIndexes);
    let shuffled = embed(&gateway(model).await, &asked).await.json();
    for row in shuffled["data"].as_array().unwrap() {
        let index = usize::try_from(row["index"].as_u64().unwrap()).unwrap();
        assert_eq!(row["embedding"], straight["data"][index]["embedding"]);
    }
}

#[tokio::test]
async fn numbers_can_be_sent_where_base64_is_requested() {
    let model = Embeddings::new(EmbeddingProvider::OpenAi).quirk(EmbeddingQuirk::AlwaysNumbers);
    let asked = with(asking(&["one"]), json!({"encoding_format": "base64"}));
    let body = embed(&gateway(model).await, &asked).await.json();
    assert!(body["data"][0]["embedding"].is_array());
}

#[tokio::test]
async fn dashscopes_own_endpoint_nests_its_input() {
    let gateway = gateway(Embeddings::new(EmbeddingProvider::DashScope)).await;
    let ask = async |parameters: Value| {
        let body = json!({"model": "text-embedding-v4", "input": {"texts": ["one", "two"]},
            "parameters": parameters});
        send(&client(), post(&gateway.url(NATIVE), body.to_string())).await
    };
    let body = ask(json!({"text_type": "query", "dimension": 64}))
        .await
        .json();
    let rows = body["output"]["embeddings"].as_array().unwrap();
    assert_eq!(rows[1]["text_index"], 1);
    assert_eq!(rows[1]["embedding"].as_array().unwrap().len(), 64);
    assert_eq!(body["usage"]["total_tokens"], 2);
    for wrong in [json!({"dimension": 65}), json!({"text_type": "passage"})] {
        let response = ask(wrong).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
        assert_eq!(response.json()["code"], "InvalidParameter");
    }
}

#[tokio::test]
async fn an_invalid_request_is_rejected() {
    let gateway = openai().await;
    for body in [
        json!({"model": "m"}),
        json!({"input": "x"}),
        json!({"model": "m", "input": []}),
        json!({"model": "m", "input": ""}),
        json!({"model": "m", "input": ["x", ""]}),
        json!({"model": "m", "input": ["x", 1]}),
        json!({"model": "m", "input": {"text": "x"}}),
        json!({"model": "m", "input": "x", "dimensions": 0}),
        json!({"model": "m", "input": "x", "dimensions": 99_999}),
        json!({"model": "m", "input": "x", "encoding_format": "bytes"}),
        json!({"model": "m", "input": "x ".repeat(9_000)}),
    ] {
        let response = embed(&gateway, &body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body} was taken");
        assert!(response.json()["error"]["message"].is_string());
    }
    let response = send(&client(), post(&gateway.url(NATIVE), "{}")).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_text_beyond_the_context_is_refused_in_openai_s_words() {
    let gateway = openai().await;
    let text = "word ".repeat(10_000);
    let response = embed(&gateway, &asking(&[&text])).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    let error = &response.json()["error"];
    assert_eq!(error["code"], "context_length_exceeded");
    let message = error["message"].as_str().unwrap();
    let start = "This model's maximum context length is 8192 tokens, however you requested ";
    assert!(message.starts_with(start), "{message}");
}
