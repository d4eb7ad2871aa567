//! A case run through the built component, over a real socket.

use crate::answer::Answer;
use crate::case::{Case, Delivery, Kind};
use crate::response::{Ending, RecordedResponse};
use crate::verdict::{self, Clock, Run};
use crate::wire::Wire;
use higress_host::json;
use http::{HeaderName, HeaderValue, StatusCode};
use mock_gateway::{
    self as gateway, Backend, Gateway, GatewayConfig, Origin, RecordedRequest, Route, Script,
};
use provider_host::Model;
use provider_host::contract::text_generation::Request;
use provider_host::contract::types::{CallOptions, Error, ModelConfig, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy};
use provider_host::error::CallError;
use provider_host::host::ProviderHost;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::sync::OnceLock;
use std::time::Duration;
use testing::provider::host_without_form;
use tokio::runtime::{Builder, Runtime};

/// Longest time for a case; one takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Headers that the server adds to each response unless they are given. Where a
/// case has none of them they are sent empty, which means nothing, as if they
/// were not there.
const ADDED_HEADERS: [&str; 2] = ["x-request-id", "req-cost-time"];

/// Runs a case.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    let run = runtime()?.block_on(async {
        tokio::time::timeout(PATIENCE, run(case, host_without_form()))
            .await
            .map_err(|_| format!("the call did not end within {PATIENCE:?}"))?
    })?;
    verdict::compare(case, &run, Clock::Own)
}

fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            let runtime = Builder::new_multi_thread().enable_all().build();
            runtime.map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(Clone::clone)
}

async fn run(case: &Case, host: &ProviderHost) -> Result<Run, String> {
    let mut responses = case.responses.iter();
    let mut script = match responses.next() {
        Some(response) => Script::new(scripted(response)?),
        // Nothing should come.
        None => Script::new(gateway::ScriptedResponse::NoResponse),
    };
    for response in responses {
        script = script.then(scripted(response)?);
    }
    let route = Route::new("", Backend::Script(script));
    let server = Gateway::start(GatewayConfig::new().route(route))
        .await
        .map_err(|error| error.to_string())?;
    let authority = server.address().to_string();

    let own = ("endpoint_url".to_owned(), format!("http://{authority}"));
    let mut credentials = case.call.credentials(&authority)?;
    credentials.push(own);
    let egress = EgressPolicy::for_credentials(&testing::provider::manifest().form, &credentials)
        .map_err(|error| error.to_string())?
        .with_scope(AddressScope::PublicAndPrivate);
    let limits = host.limits();
    let tenant = Tenant::new(host, TenantPolicy::new("test", limits, egress))
        .map_err(|error| error.to_string())?;
    let answer = call(case, &tenant, &authority).await?;

    Ok(Run {
        requests: server.requests().iter().map(wire).collect(),
        answer,
        authority,
    })
}

async fn call(case: &Case, tenant: &Tenant, authority: &str) -> Result<Answer, String> {
    let model = Model::new(ModelConfig {
        kind: match case.kind {
            Kind::TextGeneration => ModelKind::TextGeneration,
            Kind::ImageGeneration => ModelKind::ImageGeneration,
            Kind::TextEmbedding => ModelKind::TextEmbedding,
            Kind::TextRerank => ModelKind::TextRerank,
        },
        name: case.call.model.clone(),
        credentials: case.call.credentials(authority)?,
    });
    let options = case.call.options()?;
    match (case.kind, case.call.delivery) {
        (Kind::TextGeneration, Delivery::Stream) => {
            let request = case.call.request(json::text_generation::read_request)?;
            stream(tenant, &model, &request, &options).await
        }
        (Kind::TextGeneration, Delivery::Whole) => {
            let request = case.call.request(json::text_generation::read_request)?;
            let outcome = tenant.generate(&model, &request, &options).await;
            provided(outcome).map(Answer::generation)
        }
        (Kind::TextEmbedding, _) => {
            let request = case.call.request(json::text_embedding::read_request)?;
            let outcome = tenant.embed(&model, &request, &options).await;
            provided(outcome).map(Answer::embeddings)
        }
        (Kind::ImageGeneration, _) => {
            let request = case.call.request(json::image_generation::read_request)?;
            let outcome = tenant.generate_image(&model, &request, &options).await;
            provided(outcome).map(Answer::images)
        }
        (Kind::TextRerank, _) => {
            let request = case.call.request(json::text_rerank::read_request)?;
            let outcome = tenant.rerank(&model, &request, &options).await;
            provided(outcome).map(Answer::ranking)
        }
    }
}

/// What the component gave; within the outer error, what the host did.
fn provided<T>(outcome: Result<T, CallError>) -> Result<Result<T, Error>, String> {
    match outcome {
        Ok(answer) => Ok(Ok(answer)),
        Err(CallError::Provider(error)) => Ok(Err(*error)),
        Err(other) => Err(other.to_string()),
    }
}

async fn stream(
    tenant: &Tenant,
    model: &Model,
    request: &Request,
    options: &CallOptions,
) -> Result<Answer, String> {
    let mut stream = match tenant.generate_stream(model, request, options).await {
        Ok(stream) => stream,
        Err(CallError::Provider(error)) => return Ok(Answer::Stream(Vec::new(), Err(*error))),
        Err(other) => return Err(other.to_string()),
    };
    let mut events = Vec::new();
    loop {
        match stream.next_events().await {
            None => break,
            Some(Ok(more)) => events.extend(more),
            Some(Err(CallError::Provider(error))) => {
                return Ok(Answer::Stream(events, Err(*error)));
            }
            Some(Err(other)) => return Err(other.to_string()),
        }
    }
    let info = stream.metadata().await.map_err(|error| error.to_string())?;
    Ok(Answer::Stream(events, Ok(info)))
}

fn scripted(response: &RecordedResponse) -> Result<gateway::MockResponse, String> {
    let problem = |error: http::Error| format!("response.http: {error}");
    let status = StatusCode::from_u16(response.status).map_err(|error| problem(error.into()))?;
    // An upstream's response would get a header with the time that it took.
    let mut answer = gateway::MockResponse::new(status).made_by(Origin::Gateway);
    let is_given = |name: &&str| {
        let mut names = response.headers.iter();
        names.any(|(given, _)| given.eq_ignore_ascii_case(name))
    };
    let emptied = ADDED_HEADERS.into_iter().filter(|name| !is_given(name));
    let given = response.headers.iter();
    let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in given.chain(emptied.map(|name| (name, ""))) {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| problem(e.into()))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|e| problem(e.into()))?;
        answer = answer.header(name, value);
    }
    for chunk in &response.chunks {
        answer = answer.bytes(chunk.clone());
    }
    Ok(answer.ending(match response.ending {
        Ending::Complete => gateway::Ending::Complete,
        Ending::Reset => gateway::Ending::Reset,
    }))
}

fn wire(request: &RecordedRequest) -> Wire {
    Wire {
        method: request.method.to_string(),
        target: request.path_and_query.clone(),
        headers: request.headers.clone(),
        body: request.body.to_vec(),
    }
}
