//! A plugin host in a nutshell: one component, two tenants, a streamed response
//! for each. `cargo run --package provider-host --example embed` runs it against
//! a mock gateway, after `make component`.

use mock_gateway::{Backend, Gateway, GatewayConfig, Route, Upstream};
use provider_host::text::{Event, Message, Request};
use provider_host::{AddressScope, CallOptions, EgressPolicy, InstanceReuse, Model};
use provider_host::{ModelConfig, ProviderHost, Tenant, TenantPolicy};
use std::error::Error;
use std::io::Write;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tour(&mut std::io::stdout()).await
}

/// Writes the generated texts to `out`, and what they took.
pub(crate) async fn tour(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Once for the process: reads the manifest, compiles and checks the component.
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifest.yaml");
    let host = ProviderHost::load_async(manifest).await?;
    let route = Route::new("", Backend::Upstream(Upstream::OpenAiCompatible));
    let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
    let endpoint = gateway.url("/v1");
    for name in ["team-a", "team-b"] {
        // Once for each customer: it can reach its gateway and nothing else.
        let egress =
            EgressPolicy::for_endpoint(&endpoint)?.with_scope(AddressScope::PublicAndPrivate); // it is on this machine
        let policy =
            TenantPolicy::new(name, host.limits(), egress).with_reuse(InstanceReuse::pooled());
        let tenant = Tenant::new(&host, policy)?;
        let model = ModelConfig::text("qwen-max").with_credential("endpoint_url", &endpoint);
        let model = Model::new(model);
        let request = Request::new([Message::user("Count to 5.")]);
        // For each call: a sandbox. Dropping `stream` would cancel the call.
        let options = CallOptions::default();
        let mut stream = tenant.generate_stream(&model, &request, &options).await?;
        while let Some(events) = stream.next_events().await {
            for event in events? {
                if let Event::Text(text) = event {
                    write!(out, "{text}")?;
                }
            }
        }
        writeln!(out, "\n{name}: {:?}", tenant.usage())?;
    }
    Ok(())
}
