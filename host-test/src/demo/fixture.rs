//! The fixture of the tour: the component, and a mock gateway with a route for
//! each chapter.

use super::caller::Caller;
use super::tenants::{CallDeadline, tenant};
use crate::commands::gateway::{key, persona, start_here};
use crate::failure::Failure;
use crate::form::Form;
use crate::network_args::NetworkArgs;
use mock_gateway::{Answer, Backend, Chunking, Ending, Gateway, GatewayConfig, Route, Script};
use provider_host::host::ProviderHost;
use std::time::Duration;

/// Delay between two pieces of an answer, so that streaming is visible.
const PACE: Duration = Duration::from_millis(15);
/// The start of an answer that is never completed.
pub(super) const FRAGMENT: &str = "Once upon a";

/// The component and the gateway.
pub(super) struct Fixture {
    host: ProviderHost,
    gateway: Gateway,
}

impl Fixture {
    pub(super) async fn start(host: ProviderHost) -> Result<Self, Failure> {
        let config = GatewayConfig::new()
            .route(Route::new("/open", persona()).delay_between_chunks(PACE))
            .route(Route::new("/bytes", persona()).chunking(Chunking::OneByte))
            .route(Route::new("/key", persona()).authentication(key()))
            .route(Route::new("/cut", fragment(Ending::Reset)))
            .route(Route::new("/endless", fragment(Ending::Hang)));
        let gateway = start_here(config).await?;
        Ok(Self { host, gateway })
    }

    pub(super) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// A tenant configured for this path of the gateway.
    pub(super) fn caller(&self, path: &str) -> Result<Caller, Failure> {
        self.caller_of(&self.gateway.url(path))
    }

    /// A tenant configured for this endpoint and allowed to connect to it.
    pub(super) fn caller_of(&self, endpoint: &str) -> Result<Caller, Failure> {
        let form = Form::from_iter([("endpoint_url".to_owned(), endpoint.to_owned())]);
        let network = NetworkArgs::loopback();
        let tenant = tenant(&self.host, &form, &network, CallDeadline::Short)?;
        Ok(Caller::new(tenant, endpoint))
    }
}

/// A stream that starts normally and then ends in this way.
fn fragment(ending: Ending) -> Backend {
    let chunk = serde_json::json!({
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": FRAGMENT}}]
    });
    let answer = Answer::event_stream()
        .bytes(format!("data: {chunk}\n\n"))
        .ending(ending);
    Backend::Script(Script::new(answer))
}
