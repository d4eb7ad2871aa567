//! The built-in gateway of the stories: a route for each kind of model, routes
//! with a rate limit, a fallback, a guard and a cache, and the credentials for
//! them.

use super::credentials::Credentials;
use super::models::{Behind, Models};
use crate::commands::gateway::{
    DEMO_KEY, HMAC_KEY, HMAC_SECRET, hmac, key, shop_rules, start_here,
};
use http::StatusCode;
use mock_gateway::{
    Answer, Backend, Chat, ChatDialect, ClusterRateLimit, EmbeddingProvider, Embeddings,
    ErrorClass, Fallback, GatewayConfig, Images, Limit, Rerank, RerankProvider, Route, Script,
    Upstream,
};
use provider_host::host::ProviderHost;
use serde_json::{Value, json};
use std::time::Duration;

/// The route with a rate limit.
pub(super) const LIMITED: &str = "/chat-limited";
/// The route with a fallback.
pub(super) const FALLING_BACK: &str = "/chat-fallback";
/// The route with a guard.
pub(super) const GUARDED: &str = "/chat-guarded";
/// The route with a cache.
pub(super) const CACHED: &str = "/chat-cached";

/// The word that the guard blocks.
pub(super) const FORBIDDEN: &str = "poison";
/// The model of the fallback.
pub(super) const SPARE_MODEL: &str = "qwen-turbo";
/// Delay between two pieces of an answer, so that streaming is visible.
const PACE: Duration = Duration::from_millis(5);

/// Starts the gateway.
pub(super) async fn open(host: ProviderHost) -> anyhow::Result<Models> {
    let config = GatewayConfig::new()
        .route(
            Route::new("/chat", chat(Chat::new(ChatDialect::Qwen)))
                .authentication(key())
                .delay_between_chunks(PACE),
        )
        .route(Route::new("/embedding", embeddings()).authentication(hmac()?))
        .route(Route::new("/rerank", rerank()).authentication(key()))
        .route(Route::new("/image", images()).authentication(hmac()?))
        .route(
            Route::new(LIMITED, chat(Chat::new(ChatDialect::Qwen)))
                .authentication(key())
                .governed_by(ClusterRateLimit::for_everyone(Limit::new(1, 2))),
        )
        .route(
            Route::new(FALLING_BACK, down())
                .authentication(key())
                .fallback(
                    Fallback::new([ErrorClass::Server], chat(Chat::new(ChatDialect::Qwen)))
                        .model(SPARE_MODEL),
                ),
        )
        .route(
            Route::new(
                GUARDED,
                chat(Chat::new(ChatDialect::Qwen).guarded_against(FORBIDDEN)),
            )
            .authentication(key()),
        )
        .route(
            Route::new(CACHED, chat(Chat::new(ChatDialect::Qwen).cached())).authentication(key()),
        );
    let gateway = start_here(config).await?;
    let credentials = Credentials::read(&credentials(&gateway.url("")))?;
    Ok(Models::new(
        host,
        credentials,
        Behind::BuiltIn(Box::new(gateway)),
    ))
}

/// What a user would write to the file for `--credentials`.
fn credentials(url: &str) -> Value {
    json!({
        "consumer_auth_mode": "api_key",
        "api_key": DEMO_KEY,
        "hmac_key": HMAC_KEY,
        "hmac_secret": HMAC_SECRET,
        "text-generation": {
            "endpoint_url": format!("{url}/chat"),
            "gateway_model_name": "qwen-plus",
            "text_model_protocol": "openai_compatible",
            "function_calling_type": "tool_call",
            "agent_thought_support": "supported",
        },
        "text-embedding": {
            "endpoint_url": format!("{url}/embedding"),
            "consumer_auth_mode": "hmac",
            "gateway_model_name": "text-embedding-v4",
            "embedding_model_protocol": "openai_compatible",
        },
        "text-rerank": {
            "endpoint_url": format!("{url}/rerank"),
            "gateway_model_name": "gte-rerank-v2",
            "rerank_model_protocol": "dashscope_rerank",
        },
        "image-generation": {
            "endpoint_url": format!("{url}/image"),
            "consumer_auth_mode": "hmac",
            "gateway_model_name": "qwen-image",
            "image_model_protocol": "dashscope_image_generation",
        },
    })
}

fn chat(chat: Chat) -> Backend {
    Backend::Upstream(Upstream::Chat(chat.rules(shop_rules())))
}

fn embeddings() -> Backend {
    let model = Embeddings::new(EmbeddingProvider::DashScope);
    Backend::Upstream(Upstream::Embeddings(model))
}

fn rerank() -> Backend {
    Backend::Upstream(Upstream::Rerank(Rerank::new(RerankProvider::DashScope)))
}

fn images() -> Backend {
    Backend::Upstream(Upstream::Images(Images::new()))
}

/// A service that is down, as Envoy reports it.
fn down() -> Backend {
    let answer = Answer::document(
        StatusCode::SERVICE_UNAVAILABLE,
        "text/plain",
        "no healthy upstream",
    );
    Backend::Script(Script::new(answer))
}
