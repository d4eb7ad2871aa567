//! Tenants, models, requests and options as most tests need them, and short
//! ways to call a chat model.

use crate::provider::host;
use futures_core::Stream;
use provider_host::Model;
use provider_host::contract::text_generation::{Event, Message, Request};
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy};
use provider_host::error::CallError;
use provider_host::limits::Limits;
use provider_host::stream::ResponseStream;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// A policy that lets the tenant reach an endpoint on this machine.
#[must_use]
pub fn policy(name: &str, limits: Limits, endpoint: &str) -> TenantPolicy {
    let egress = EgressPolicy::for_endpoint(endpoint)
        .unwrap()
        .with_scope(AddressScope::PublicAndPrivate);
    TenantPolicy::new(name, limits, egress)
}

/// A tenant of the shared host that can reach an endpoint on this machine. A
/// call may compute for a minute: time counts while the machine does other work.
#[must_use]
pub fn tenant(endpoint: &str) -> Tenant {
    let mut limits = host().limits();
    limits.cpu_time = Duration::from_mins(1);
    Tenant::new(host(), policy("test", limits, endpoint)).unwrap()
}

/// The model `model-1` at this endpoint, with these further values of the
/// form.
#[must_use]
pub fn model(kind: ModelKind, endpoint: &str, values: &[(&str, &str)]) -> Model {
    let endpoint = [("endpoint_url", endpoint)];
    Model::new(ModelConfig {
        kind,
        name: "model-1".to_owned(),
        credentials: endpoint.iter().chain(values).map(owned).collect(),
    })
}

/// A filled form.
#[must_use]
pub fn filled(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(owned).collect()
}

fn owned((variable, value): &(&str, &str)) -> (String, String) {
    ((*variable).to_owned(), (*value).to_owned())
}

/// A chat model that is called with this API key.
#[must_use]
pub fn chat_model(endpoint: &str, key: &str) -> Model {
    let key = [("consumer_auth_mode", "api_key"), ("api_key", key)];
    model(ModelKind::TextGeneration, endpoint, &key)
}

/// A request with one message, from the user.
#[must_use]
pub fn question(words: &str) -> Request {
    Request::new([Message::user(words)])
}

/// No retries: one request for one call.
#[must_use]
pub fn once() -> CallOptions {
    CallOptions {
        max_retries: Some(0),
        ..CallOptions::default()
    }
}

/// The text of the answer to a question, received whole.
///
/// # Errors
///
/// If the call fails.
pub async fn ask(tenant: &Tenant, model: &Model, words: &str) -> Result<String, CallError> {
    let answer = tenant.generate(model, &question(words), &once()).await?;
    Ok(answer.text)
}

/// The text of the answer to a question, received as a stream.
///
/// # Errors
///
/// If the call fails, before the stream begins or in it.
pub async fn listen(tenant: &Tenant, model: &Model, words: &str) -> Result<String, CallError> {
    let question = question(words);
    let mut stream = tenant.generate_stream(model, &question, &once()).await?;
    let mut text = String::new();
    while let Some(events) = next_of(&mut stream).await {
        for event in events? {
            if let Event::Text(piece) = event {
                text += &piece;
            }
        }
    }
    Ok(text)
}

/// The next item of a stream, by the trait.
async fn next_of(stream: &mut ResponseStream) -> Option<Result<Vec<Event>, CallError>> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
