//! Which fields the repository's form shows.

use provider_host::contract::types::ModelKind::{
    self, ImageGeneration, TextEmbedding, TextGeneration, TextRerank,
};
use testing::call::filled;
use testing::provider::manifest;

/// The fields that every model has.
const EVERYWHERE: [&str; 8] = [
    "endpoint_url",
    "virtual_host",
    "consumer_auth_mode",
    "gateway_model_name",
    "custom_headers",
    "timeouts",
    "max_retries",
    "advanced_options",
];

/// The fields that are shown beside those.
fn own(kind: &ModelKind, values: &[(&str, &str)]) -> Vec<String> {
    let form = manifest().form;
    let values = filled(values);
    let shown: Vec<&str> = form
        .visible_fields(kind, &values)
        .map(|field| field.variable.as_str())
        .collect();
    for variable in EVERYWHERE {
        assert!(shown.contains(&variable), "{kind:?}: {variable}");
    }
    let own = shown.into_iter().filter(|of| !EVERYWHERE.contains(of));
    own.map(str::to_owned).collect()
}

#[test]
fn a_chat_model_has_its_abilities() {
    assert_eq!(
        own(&TextGeneration, &[]),
        [
            "llm_usage_scenario",
            "text_model_protocol",
            "completion_mode",
            "function_calling_type",
            "agent_thought_support",
            "structured_output_support",
            "multimodal_support",
            "token_parameter_name",
            "context_size",
        ]
    );
}

#[test]
fn a_model_that_draws_has_a_protocol() {
    let scenario = ("llm_usage_scenario", "image_generation");
    assert_eq!(
        own(&ImageGeneration, &[scenario]),
        ["llm_usage_scenario", "image_model_protocol"]
    );
}

#[test]
fn an_embedding_model_has_its_sizes() {
    assert_eq!(
        own(&TextEmbedding, &[]),
        [
            "embedding_usage_scenario",
            "embedding_model_protocol",
            "context_size",
            "embedding_batch_size",
            "embedding_dimensions",
        ]
    );
}

#[test]
fn each_way_of_authentication_has_its_own_fields() {
    let protocol = ["rerank_usage_scenario", "rerank_model_protocol"];
    let mode = |mode| ("consumer_auth_mode", mode);
    let by = |values: &[(&str, &str)]| {
        let shown = own(&TextRerank, values);
        assert_eq!(shown[..2], protocol);
        shown[2..].to_vec()
    };
    assert!(by(&[]).is_empty());
    assert_eq!(by(&[mode("api_key")]), ["api_key", "api_key_placement"]);
    assert_eq!(
        by(&[mode("jwt"), ("api_key_placement", "query")]),
        ["jwt", "api_key_placement", "api_key_name"]
    );
    for signing in ["hmac", "hmac_apisix"] {
        assert_eq!(
            by(&[mode(signing)]),
            ["hmac_key", "hmac_secret", "hmac_method", "body_digest"]
        );
    }
}
