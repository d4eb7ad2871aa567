//! What stands behind the routes of the mock gateway, and who may pass.

use crate::failure::Failure;
use clap::ValueEnum;
use mock_gateway::{
    Authentication, Backend, Chat, ChatDialect, Gateway, GatewayConfig, HmacAuth, HmacConsumer,
    KeyAuth, KeyAuthFlavour, KeySource, Provider, Rule, Rules, Upstream,
};
use serde_json::json;

/// The key that the route `/key` wants.
pub(crate) const DEMO_KEY: &str = "sk-demo";
/// The access key of those who sign for the route `/hmac`.
pub(crate) const HMAC_KEY: &str = "demo-key";
/// Their secret.
pub(crate) const HMAC_SECRET: &str = "demo-secret";

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
    let chat = Chat::new(speaker.into()).rules(shop_rules());
    Backend::Upstream(Upstream::Provider(Provider::new().chat(chat)))
}

/// How the model of a shop's assistant uses the shop's tools.
pub(crate) fn shop_rules() -> Rules {
    Rules::new()
        .rule(
            Rule::new("how long", "current_time", json!({}))
                .answering("It is {time}. The promotion of the {search_promotions:promotions.0.product} lasts until {search_promotions:promotions.0.until}.")
                .or_answering("It is {}."),
        )
        .rule(
            Rule::new("time", "current_time", json!({}))
                .answering("It is {time}.")
                .or_answering("It is {}."),
        )
        .rule(
            Rule::new(
                "promotion",
                "search_promotions",
                json!({"query": "{message}", "at": "{current_time:time}"}),
            )
            .answering("I recommend the {promotions.0.product}: {promotions.0.offer}, until {promotions.0.until}.")
            .or_answering("I know of no promotion that I could recommend at {current_time:time}."),
        )
}

/// Starts a gateway for the demo, on a free port of this machine.
pub(crate) async fn start_here(config: GatewayConfig) -> Result<Gateway, Failure> {
    let gateway = Gateway::start(config).await;
    gateway
        .map_err(|error| Failure::setup(format!("cannot start a gateway on this machine: {error}")))
}

/// A chat model that calls no tools.
pub(crate) fn persona() -> Backend {
    Backend::Upstream(Upstream::OpenAiCompatible)
}

/// Key-auth that admits the bearer of [`DEMO_KEY`].
pub(crate) fn key() -> Authentication {
    let method = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization");
    Authentication::KeyAuth(method.consumer("demo", format!("Bearer {DEMO_KEY}")))
}

/// Hmac-auth that admits who signs with [`HMAC_SECRET`].
pub(crate) fn hmac() -> Result<Authentication, Failure> {
    let consumer = HmacConsumer::new("demo", HMAC_KEY, HMAC_SECRET);
    HmacAuth::for_consumers([consumer])
        .map(Authentication::HmacAuth)
        .map_err(|error| Failure::setup(error.to_string()))
}
