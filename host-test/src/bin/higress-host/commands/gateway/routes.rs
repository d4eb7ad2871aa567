//! What stands behind the routes of the mock gateway, and who may pass.

use crate::failure::Failure;
use clap::ValueEnum;
use higress_host::gateway::{
    Authentication, Backend, Chat, ChatDialect, HmacAuth, HmacConsumer, KeyAuth, KeyAuthFlavour,
    KeySource, Persona, Provider, Rule, Rules,
};
use serde_json::json;

/// The key that the route `/key` wants.
pub(crate) const DEMO_KEY: &str = "sk-demo";
/// The access key of those who sign for the route `/hmac`.
pub(super) const HMAC_KEY: &str = "demo-key";
/// Their secret.
pub(super) const HMAC_SECRET: &str = "demo-secret";

/// Whose wire format the chat model speaks: those that come in `OpenAI`'s
/// form.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Speaker {
    Openai,
    Vllm,
    Qwen,
    Claude,
    Gemini,
    Minimax,
    Spark,
}

impl From<Speaker> for ChatDialect {
    fn from(speaker: Speaker) -> Self {
        match speaker {
            Speaker::Openai => Self::OpenAi,
            Speaker::Vllm => Self::Vllm,
            Speaker::Qwen => Self::Qwen,
            Speaker::Claude => Self::Claude,
            Speaker::Gemini => Self::Gemini,
            Speaker::Minimax => Self::MiniMax,
            Speaker::Spark => Self::Spark,
        }
    }
}

/// A model of each kind; the chat model calls a shop's tools.
pub(super) fn models(speaker: Speaker) -> Backend {
    let rules = Rules::new()
        .rule(Rule::new("time", "current_time", json!({})))
        .rule(Rule::new(
            "promotion",
            "search_promotions",
            json!({"query": "{message}"}),
        ));
    let chat = Chat::new(speaker.into()).rules(rules);
    Backend::Persona(Persona::Provider(Provider::new().chat(chat)))
}

/// A chat model that calls no tools.
pub(crate) fn persona() -> Backend {
    Backend::Persona(Persona::OpenAiCompatible)
}

/// Key-auth that admits the bearer of [`DEMO_KEY`].
pub(crate) fn key() -> Authentication {
    let method = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization");
    Authentication::KeyAuth(method.consumer("demo", format!("Bearer {DEMO_KEY}")))
}

/// Hmac-auth that admits who signs with [`HMAC_SECRET`].
pub(super) fn hmac() -> Result<Authentication, Failure> {
    let consumer = HmacConsumer::new("demo", HMAC_KEY, HMAC_SECRET);
    HmacAuth::for_consumers([consumer])
        .map(Authentication::HmacAuth)
        .map_err(|error| Failure::setup(error.to_string()))
}
