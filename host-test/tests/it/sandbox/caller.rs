//! Short ways to ask the built component.

use futures_core::Stream;
use higress_host::json::text_generation::read_request;
use provider_host::contract::text_generation::{Event, Request};
use provider_host::contract::types::{CallOptions, Model, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy};
use provider_host::error::CallError;
use provider_host::limits::Limits;
use provider_host::stream::GenerationStream;
use provider_host::tenant::{Tenant, TenantPolicy};
use serde_json::json;
use std::future::poll_fn;
use std::pin::Pin;

/// A policy that lets the tenant reach an endpoint on this machine.
pub(crate) fn policy(name: &str, limits: Limits, endpoint: &str) -> TenantPolicy {
    let egress = EgressPolicy::for_endpoint(endpoint)
        .unwrap()
        .with_scope(AddressScope::PublicAndPrivate);
    TenantPolicy::new(name, limits, egress)
}

pub(crate) fn model(endpoint: &str, key: &str) -> Model {
    let form = [
        ("endpoint_url", endpoint),
        ("consumer_auth_mode", "api_key"),
        ("api_key", key),
    ];
    Model {
        kind: ModelKind::TextGeneration,
        name: "echo".to_owned(),
        credentials: form
            .map(|(variable, value)| (variable.to_owned(), value.to_owned()))
            .to_vec(),
    }
}

pub(crate) fn question(words: &str) -> Request {
    read_request(&json!({"messages": [{"role": "user", "content": words}]})).unwrap()
}

/// No retries: one request for one call.
pub(crate) fn once() -> CallOptions {
    CallOptions {
        max_retries: Some(0),
        ..CallOptions::default()
    }
}

/// The answer, whole.
pub(crate) async fn ask(tenant: &Tenant, model: &Model, words: &str) -> Result<String, CallError> {
    let answer = tenant.generate(model, &question(words), &once()).await?;
    Ok(answer.content.text)
}

/// The answer, as a stream that is read to its end.
pub(crate) async fn listen(
    tenant: &Tenant,
    model: &Model,
    words: &str,
) -> Result<String, CallError> {
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
async fn next_of(stream: &mut GenerationStream) -> Option<Result<Vec<Event>, CallError>> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
