//! The stories against a gateway that is not the built-in one: with other
//! credentials, and with models that are wrong.

use super::{told, told_with};
use crate::server::MockGateway;
use mock_gateway::{
    Authentication, Backend, Chat, ChatDialect, EmbeddingProvider, EmbeddingQuirk, Embeddings,
    GatewayConfig, HmacAuth, HmacConsumer, KeyAuth, KeyAuthFlavour, KeySource, Provider,
    RecordedRequest, Route, Rule, Rules, Upstream,
};
use serde_json::{Value, json};

/// A shop's assistant, and a model of each other kind.
fn models(quirk: EmbeddingQuirk) -> Backend {
    let arguments = json!({"query": "{message}", "at": "{current_time:time}"});
    let rules = Rules::new()
        .rule(Rule::new("how long", "current_time", json!({})).answering(
            "The {search_promotions:promotions.0.product} until {search_promotions:promotions.0.until}.",
        ))
        .rule(
            Rule::new("promotion", "search_promotions", arguments).answering(
                "The {promotions.0.product}, {promotions.0.offer}, until {promotions.0.until}.",
            ),
        );
    let embeddings = Embeddings::new(EmbeddingProvider::DashScope).quirk(quirk);
    let provider = Provider::new()
        .chat(Chat::new(ChatDialect::Qwen).rules(rules))
        .embeddings(embeddings);
    Backend::Upstream(Upstream::Provider(provider))
}

/// The same models behind a key, and behind signatures.
fn gateway(quirk: EmbeddingQuirk) -> MockGateway {
    let key = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization")
        .consumer("of the key", "Bearer sk-mine");
    let hmac = HmacConsumer::new("of the signature", "ak", "sk");
    let hmac = HmacAuth::for_consumers([hmac]).unwrap();
    let route =
        |prefix, authentication| Route::new(prefix, models(quirk)).authentication(authentication);
    MockGateway::start(
        GatewayConfig::new()
            .route(route("/key", Authentication::KeyAuth(key)))
            .route(route("/hmac", Authentication::HmacAuth(hmac))),
    )
}

fn credentials(gateway: &MockGateway) -> Value {
    json!({
        "endpoint_url": gateway.gateway.url("/key"),
        "consumer_auth_mode": "api_key",
        "api_key": "sk-mine",
        "hmac_key": "ak",
        "hmac_secret": "sk",
        "text-generation": {
            "gateway_model_name": "qwen-plus",
            "function_calling_type": "tool_call",
            "agent_thought_support": "supported",
        },
        "text-embedding": {"gateway_model_name": "text-embedding-v4"},
        "text-rerank": {"gateway_model_name": "gte-rerank-v2"},
        "image-generation": {"gateway_model_name": "qwen-image"},
    })
}

const RECOMMENDATION: &str =
    "The Golden Firework Chocolates, two boxes for one, until 2027-01-01 14:00.";

/// The requests whose path ends so.
fn to<'a>(requests: &'a [RecordedRequest], end: &str) -> Vec<&'a RecordedRequest> {
    let mut found: Vec<&RecordedRequest> = requests.iter().collect();
    found.retain(|request| request.path_and_query.ends_with(end));
    found
}

#[test]
fn authentication_and_protocol_are_a_matter_of_credentials_alone() {
    let gateway = gateway(EmbeddingQuirk::None);
    let as_before = credentials(&gateway);
    let mut changed = as_before.clone();
    for kind in ["text-generation", "text-rerank"] {
        changed[kind]["consumer_auth_mode"] = "hmac".into();
        changed[kind]["endpoint_url"] = gateway.gateway.url("/hmac").into();
    }
    changed["text-embedding"]["embedding_model_protocol"] = "dashscope_embedding".into();
    changed["text-rerank"]["rerank_model_protocol"] = "dashscope_compatible_rerank".into();
    for credentials in [&as_before, &changed] {
        let ended = told_with("agent", credentials);
        ended.assert_passed();
        assert_eq!(ended.answers()[1], RECOMMENDATION);
        assert!(!ended.stdout.contains("unmet"), "{}", ended.stdout);
    }

    let requests = gateway.gateway.requests();
    for (path, consumer) in [
        ("/key/v1/chat/completions", "of the key"),
        ("/hmac/v1/chat/completions", "of the signature"),
        ("/key/v1/embeddings", "of the key"),
        (
            "/key/api/v1/services/embeddings/text-embedding/text-embedding",
            "of the key",
        ),
        (
            "/key/api/v1/services/rerank/text-rerank/text-rerank",
            "of the key",
        ),
        ("/hmac/v1/reranks", "of the signature"),
    ] {
        let found = to(&requests, path);
        assert!(!found.is_empty(), "nothing was sent to {path}");
        let by = |request: &&&RecordedRequest| request.consumer.as_deref() == Some(consumer);
        assert_eq!(found.iter().filter(by).count(), found.len(), "{found:#?}");
    }
}

#[test]
fn a_wrong_index_is_noticed_and_makes_the_answer_wrong() {
    let gateway = gateway(EmbeddingQuirk::ShuffledVectors);
    let ended = told_with("agent", &credentials(&gateway));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert_ne!(ended.answers()[1], RECOMMENDATION);
    let failed = ended.failed_claims();
    for claim in [
        "the name of each product is nearest to its promotion",
        "the top result is valid now and fits New Year",
    ] {
        assert!(failed.contains(&claim), "{ended:#?}");
    }
}

#[test]
fn the_markdown_of_the_image_workflow_shows_a_picture() {
    let gateway = gateway(EmbeddingQuirk::None);
    let ended = told_with("image", &credentials(&gateway));
    ended.assert_passed();
    let markdown = ended.stdout.lines().find_map(|line| {
        let link = line
            .trim_start()
            .strip_prefix("markdown ![A red lantern over snow](")?;
        link.strip_suffix(')')
    });
    let url = markdown.unwrap_or_else(|| panic!("{ended:#?}"));
    let file = gateway.fetch(url);
    let reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    assert_eq!(reader.info().width, 1_328);
}

#[test]
fn what_only_the_built_in_gateway_promises_is_said_and_not_counted() {
    let gateway = gateway(EmbeddingQuirk::None);
    let ended = told_with("governance", &credentials(&gateway));
    ended.assert_passed();
    for claim in [
        "a request over the limit is rejected",
        "another model answered",
        "the guard wrote the answer",
        "the cache answers",
    ] {
        let mut lines = ended.stdout.lines();
        let line = lines.find(|line| line.contains(claim)).unwrap_or_default();
        assert!(line.starts_with("  unmet  "), "{claim}: {ended:#?}");
    }
}

#[test]
fn the_built_in_gateway_promises_it() {
    let ended = told("governance", &[]);
    ended.assert_passed();
    for seen in [
        "error: kind rate-limited, status 429, retry-after-ms 2000",
        "fallback-from ai-route-chat-fallback.internal",
        "guarded true",
        "cached true",
    ] {
        assert!(ended.stdout.contains(seen), "{seen}: {ended:#?}");
    }
}
