//! The routes of the mock gateway: their models and their authentication.

use anyhow::Context as _;
use clap::ValueEnum;
use mock_gateway::{
    Authentication, Backend, Chat, ChatDialect, Gateway, GatewayConfig, HmacAuth, HmacConsumer,
    KeyAuth, KeyAuthFlavour, KeySource, Provider, Rule, Rules, Upstream,
};
use serde_json::json;

/// The API key of the route `/key`.
pub(crate) const DEMO_KEY: &str = "sk-demo";
/// The access key of the route `/hmac`.
pub(crate) const HMAC_KEY: &str = "demo-key";
/// The secret of [`HMAC_KEY`].
pub(crate) const HMAC_SECRET: &str = "demo-secret";

/// The provider whose variant of `OpenAI`'s wire format the chat model uses.
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

/// A model of each kind; the chat model calls the tools of a shop.
pub(super) fn models(speaker: Speaker) -> Backend {
    let chat = Chat::new(speaker.into()).rules(shop_rules());
    Backend::Upstream(Upstream::Provider(Provider::new().chat(chat)))
}

/// The rules by which the chat model uses the tools of a shop.
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
pub(crate) async fn start_here(config: GatewayConfig) -> anyhow::Result<Gateway> {
    let gateway = Gateway::start(config).await;
    gateway.context("cannot start the mock gateway")
}

/// A chat model that calls no tools.
pub(crate) fn persona() -> Backend {
    Backend::Upstream(Upstream::OpenAiCompatible)
}

/// Key-auth with [`DEMO_KEY`] as a bearer token.
pub(crate) fn key() -> Authentication {
    let method = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "authorization");
    Authentication::KeyAuth(method.consumer("demo", format!("Bearer {DEMO_KEY}")))
}

/// Hmac-auth with [`HMAC_KEY`] and [`HMAC_SECRET`].
pub(crate) fn hmac() -> anyhow::Result<Authentication> {
    let consumer = HmacConsumer::new("demo", HMAC_KEY, HMAC_SECRET);
    Ok(Authentication::HmacAuth(HmacAuth::for_consumers([
        consumer,
    ])?))
}
