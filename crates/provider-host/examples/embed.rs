//! A plugin host in a nutshell: one component, two tenants, a streamed answer
//! for each. `cargo run --example embed` runs it against a gateway of its own,
//! after `make component`.

use mock_gateway::{Backend, Gateway, GatewayConfig, Route, Upstream};
use provider_host::contract::text_generation::{Event, Message, Request};
use provider_host::contract::types::{CallOptions, Model, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy};
use provider_host::host::ProviderHost;
use provider_host::tenant::{InstanceReuse, Tenant, TenantPolicy};
use std::error::Error;
use std::io::Write;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tour(&mut std::io::stdout()).await
}

/// Writes the answers to `out`, and what they took.
pub(crate) async fn tour(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Once for the process: reads the manifest, checks and compiles.
    let host = ProviderHost::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifest.yaml"))?;
    let route = Route::new("", Backend::Upstream(Upstream::OpenAiCompatible));
    let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
    for name in ["team-a", "team-b"] {
        // Once for each customer: it can reach its gateway and nothing else.
        let egress = EgressPolicy::for_endpoint(&gateway.url("/v1"))?;
        let egress = egress.with_scope(AddressScope::PublicAndPrivate); // it is on this machine
        let policy = TenantPolicy {
            reuse: InstanceReuse::pooled(),
            ..TenantPolicy::new(name, host.limits(), egress)
        };
        let tenant = Tenant::new(&host, policy)?;
        let model = Model {
            kind: ModelKind::TextGeneration,
            name: "qwen-max".to_owned(),
            credentials: vec![("endpoint_url".to_owned(), gateway.url("/v1"))],
        };
        let request = Request::new([Message::user("Count to 5.")]);
        // For each call: a sandbox. Dropping `answer` would cancel the call.
        let options = CallOptions::default();
        let mut answer = tenant.generate_stream(&model, &request, &options).await?;
        while let events @ [_, ..] = &answer.next().await?[..] {
            for event in events {
                if let Event::Text(text) = event {
                    write!(out, "{text}")?;
                }
            }
        }
        writeln!(out, "\n{name}: {:?}", tenant.usage())?;
    }
    Ok(())
}
