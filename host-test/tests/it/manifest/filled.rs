//! Filled forms against the repository's form: accepted, or refused by the
//! name of the variable.

use provider_host::contract::types::ModelKind::{
    self, ImageGeneration, TextEmbedding, TextGeneration, TextRerank,
};
use provider_host::form::FormError;
use testing::call::filled;
use testing::provider::manifest;

/// A form written in one line, `variable=value; variable=value`, behind an
/// endpoint that can be reached.
fn form(line: &str) -> Vec<(String, String)> {
    let pairs = line.split(';').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(&str, &str)> = pairs
        .map(|(variable, value)| (variable.trim(), value))
        .collect();
    filled(&[&[("endpoint_url", "http://h")], pairs.as_slice()].concat())
}

fn check(kind: &ModelKind, line: &str) -> Result<(), FormError> {
    manifest().form.check(kind, &form(line))
}

fn refuse(kind: &ModelKind, line: &str, variable: &str, words: &str) {
    let error = check(kind, line).expect_err(line);
    let message = error.to_string();
    assert_eq!(error.variable(), variable, "{line}: {message}");
    assert!(message.starts_with(&format!("`{variable}` (")), "{message}");
    assert!(message.contains(words), "not {words}: {message}");
}

#[test]
fn forms_that_are_complete_are_accepted() {
    for (kind, line) in [
        (TextGeneration, ""),
        (ImageGeneration, ""),
        (TextEmbedding, ""),
        (TextRerank, ""),
        (TextGeneration, "consumer_auth_mode="),
        (TextGeneration, "consumer_auth_mode=disabled; api_key="),
        (TextGeneration, "consumer_auth_mode= api_key ; api_key=k"),
        (TextGeneration, "consumer_auth_mode=jwt; jwt=a.b.c"),
        (
            TextGeneration,
            "consumer_auth_mode=api_key; api_key=k; api_key_placement=bearer; api_key_name=",
        ),
        (
            TextGeneration,
            "consumer_auth_mode=jwt; jwt=a.b.c; api_key_placement=query; api_key_name=token",
        ),
        (
            TextRerank,
            "consumer_auth_mode=hmac; hmac_key=ak; hmac_secret=sk",
        ),
        (
            TextRerank,
            "consumer_auth_mode=hmac_apisix; hmac_key=ak; hmac_secret=sk; body_digest=on",
        ),
    ] {
        assert_eq!(check(&kind, line), Ok(()), "{kind:?} {line}");
    }
}

#[test]
fn what_is_not_shown_does_not_count() {
    for (kind, line) in [
        (TextGeneration, "api_key_placement=nowhere"),
        (TextGeneration, "api_key_placement=header"),
        (
            TextGeneration,
            "hmac_method=md5; consumer_auth_mode=api_key; api_key=k",
        ),
        (TextEmbedding, "text_model_protocol=smoke_signals"),
        (TextRerank, "llm_usage_scenario=poetry"),
        (
            ImageGeneration,
            "llm_usage_scenario=image_generation; multimodal_support=perhaps",
        ),
    ] {
        assert_eq!(check(&kind, line), Ok(()), "{kind:?} {line}");
    }
}

#[test]
fn what_the_form_does_not_know_does_no_harm() {
    let line = "colour=red; __model_type=rerank";
    assert_eq!(check(&TextGeneration, line), Ok(()));
}

#[test]
fn of_two_values_the_last_one_counts() {
    let line = "completion_mode=smell; completion_mode=chat";
    assert_eq!(check(&TextGeneration, line), Ok(()));
    let line = "consumer_auth_mode=api_key; consumer_auth_mode= ";
    assert_eq!(check(&TextGeneration, line), Ok(()));
    let line = "consumer_auth_mode=api_key; api_key=k; api_key=";
    refuse(&TextGeneration, line, "api_key", "missing");
}

#[test]
fn a_required_field_that_is_shown_and_empty_is_refused_by_name_and_label() {
    for (line, variable, words) in [
        (
            "endpoint_url=",
            "endpoint_url",
            "(Higress AI Gateway Route)",
        ),
        ("endpoint_url= ", "endpoint_url", "is missing; fill it in"),
        ("consumer_auth_mode=api_key", "api_key", "(API Key)"),
        (
            "consumer_auth_mode=api_key; api_key= \t",
            "api_key",
            "is missing; fill it in",
        ),
        ("consumer_auth_mode=jwt; api_key=k", "jwt", "(JWT)"),
        (
            "consumer_auth_mode=hmac; hmac_secret=s",
            "hmac_key",
            "(Access Key (Key))",
        ),
        (
            "consumer_auth_mode=hmac; hmac_key=k",
            "hmac_secret",
            "(Secret Key (Secret))",
        ),
        (
            "consumer_auth_mode=hmac_apisix; hmac_key=k",
            "hmac_secret",
            "is missing; fill it in",
        ),
        (
            "consumer_auth_mode=api_key; api_key=k; api_key_placement=header",
            "api_key_name",
            "(Header or Parameter Name)",
        ),
        (
            "consumer_auth_mode=jwt; jwt=a.b.c; api_key_placement=bearer_header",
            "api_key_name",
            "is missing; fill it in",
        ),
        (
            "consumer_auth_mode=jwt; jwt=a.b.c; api_key_placement=query",
            "api_key_name",
            "is missing; fill it in",
        ),
    ] {
        refuse(&TextGeneration, line, variable, words);
    }
}

#[test]
fn a_value_that_is_no_option_is_refused_with_the_options() {
    for (kind, line, variable, options) in [
        (
            TextGeneration,
            "consumer_auth_mode=kerberos",
            "consumer_auth_mode",
            "disabled, api_key, hmac, jwt, hmac_apisix",
        ),
        (
            TextRerank,
            "consumer_auth_mode=API_KEY",
            "consumer_auth_mode",
            "has an unknown value",
        ),
        (
            TextGeneration,
            "llm_usage_scenario=poetry",
            "llm_usage_scenario",
            "text_generation, image_generation",
        ),
        (
            TextGeneration,
            "text_model_protocol=x",
            "text_model_protocol",
            "openai_compatible",
        ),
        (
            TextGeneration,
            "token_parameter_name=x",
            "token_parameter_name",
            "automatic, max_tokens, max_completion_tokens",
        ),
        (
            ImageGeneration,
            "llm_usage_scenario=image_generation; image_model_protocol=x",
            "image_model_protocol",
            "dashscope_image_generation",
        ),
        (
            TextEmbedding,
            "embedding_model_protocol=x",
            "embedding_model_protocol",
            "openai_compatible",
        ),
        (
            TextRerank,
            "rerank_model_protocol=x",
            "rerank_model_protocol",
            "dashscope_rerank",
        ),
        (
            TextRerank,
            "consumer_auth_mode=hmac; hmac_key=k; hmac_secret=s; hmac_method=md5",
            "hmac_method",
            "hmac_sha256, hmac_sha1",
        ),
        (
            TextRerank,
            "consumer_auth_mode=jwt; jwt=a.b.c; api_key_placement=cookie",
            "api_key_placement",
            "bearer, header, bearer_header, query",
        ),
    ] {
        refuse(&kind, line, variable, options);
    }
}

#[test]
fn no_message_holds_a_value_that_was_filled_in() {
    let line = "consumer_auth_mode=hmac; hmac_key=ak-visible; hmac_secret=sk-visible; \
                body_digest=sk-visible in the wrong field";
    let error = check(&TextGeneration, line).unwrap_err();
    assert_eq!(error.variable(), "body_digest");
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("visible"), "{text}");
    }
}
