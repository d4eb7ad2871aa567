//! A host with the built component, and a gateway that responds by a script.

use http::StatusCode;
use mock_gateway::{
    Backend, Gateway, GatewayConfig, MockResponse, RecordedRequest, Route, Script, ScriptedResponse,
};
use provider_host::Model;
use provider_host::contract::types::{CallOptions, Error, ModelKind};
use provider_host::error::CallError;
use provider_host::tenant::Tenant;
use serde_json::Value;
use testing::call::{model, tenant};

const PREFIX: &str = "/team";

/// A gateway with one route, and a tenant whose models go there.
pub(crate) struct Setting {
    pub(crate) gateway: Gateway,
    pub(crate) tenant: Tenant,
}

impl Setting {
    pub(crate) async fn new(script: Script) -> Self {
        let route = Route::new(PREFIX, Backend::Script(script));
        let config = GatewayConfig::new().route(route).body_limit_bytes(64 << 20);
        let gateway = Gateway::start(config).await.unwrap();
        let tenant = tenant(&gateway.url(PREFIX));
        Self { gateway, tenant }
    }

    /// A model with what it needs and these values.
    pub(crate) fn model(&self, kind: ModelKind, values: &[(&str, &str)]) -> Model {
        let endpoint = self.gateway.url(PREFIX);
        let scenario = match kind {
            ModelKind::ImageGeneration => &[("llm_usage_scenario", "image_generation")][..],
            _ => &[],
        };
        let values = [scenario, values].concat();
        model(kind, &endpoint, &values)
    }

    /// Method and path of every request so far, without the prefix.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.gateway.requests();
        let line = |request: &RecordedRequest| {
            let path = request.path_and_query.strip_prefix(PREFIX);
            format!("{} {}", request.method, path.unwrap_or("?"))
        };
        requests.iter().map(line).collect()
    }

    /// The body of the request of this number, as JSON.
    pub(crate) fn body(&self, number: usize) -> Value {
        serde_json::from_slice(&self.gateway.requests()[number].body).unwrap()
    }
}

pub(crate) fn json(status: u16, body: &str) -> MockResponse {
    let status = StatusCode::from_u16(status).unwrap();
    MockResponse::document(status, "application/json", body.to_owned())
}

pub(crate) fn ok(body: &str) -> MockResponse {
    json(200, body)
}

/// A script of these responses; the last one is repeated.
pub(crate) fn script<R: Into<ScriptedResponse>>(responses: impl IntoIterator<Item = R>) -> Script {
    let mut responses = responses.into_iter();
    let first = Script::new(responses.next().expect("at least one response"));
    responses.fold(first, Script::then)
}

pub(crate) fn options() -> CallOptions {
    CallOptions {
        max_retries: Some(3),
        ..CallOptions::default()
    }
}

/// The provider's error.
pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> Error {
    match outcome {
        Err(CallError::Provider(error)) => *error,
        other => panic!("{other:?}"),
    }
}
