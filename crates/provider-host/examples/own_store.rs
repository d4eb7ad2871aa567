//! A host that has a wasmtime engine, a linker and stores of its own, and calls
//! an instance through the bindings. `cargo run --package provider-host --example
//! own_store` runs it against a mock gateway, after `make component`.

use mock_gateway::{Backend, Gateway, GatewayConfig, Route, Upstream};
use provider_host::bindings::{ProviderPre, types};
use provider_host::engine::EPOCH_INTERVAL;
use provider_host::text::{Message, Request};
use provider_host::wasmtime::component::{Component, Linker};
use provider_host::wasmtime::{Config, Engine};
use provider_host::{AddressScope, EgressPolicy, Limits, Manifest, TenantPolicy};
use provider_host::{Sandbox, SandboxFactory, SandboxView};
use std::error::Error;
use std::io::Write;

/// The host's own data of a store, with the sandbox in it.
struct State {
    sandbox: Sandbox,
    plugin: &'static str,
}

impl SandboxView for State {
    fn sandbox(&mut self) -> &mut Sandbox {
        &mut self.sandbox
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tour(&mut std::io::stdout()).await
}

/// Writes a generated text to `out`.
pub(crate) async fn tour(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // The host's engine. Epochs let it stop a component that runs too long.
    let mut config = Config::new();
    config.epoch_interruption(true).concurrency_support(false);
    let engine = Engine::new(&config)?;
    let epochs = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = epochs.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH_INTERVAL);
        }
    });

    // Once for the plugin: its component, linked to what a provider may import.
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifest.yaml");
    let manifest = Manifest::read(manifest)?;
    let component = Component::from_file(&engine, manifest.component_path())?;
    let mut linker = Linker::<State>::new(&engine);
    provider_host::add_to_linker(&mut linker)?;
    let provider = ProviderPre::new(linker.instantiate_pre(&component)?)?;

    // Once for each customer: it can reach its gateway and nothing else.
    let route = Route::new("", Backend::Upstream(Upstream::OpenAiCompatible));
    let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
    let endpoint = gateway.url("/v1");
    let egress = EgressPolicy::for_endpoint(&endpoint)?.with_scope(AddressScope::PublicAndPrivate);
    let policy = TenantPolicy::new("team-a", Limits::from(&manifest), egress);
    let sandboxes = SandboxFactory::new(&policy)?;

    // For each call: a store with a sandbox, and a guard that runs calls into it.
    let plugin = "higress";
    let (mut store, guard) = sandboxes.store(&engine, |sandbox| State { sandbox, plugin });
    let instance = guard.run(provider.instantiate_async(&mut store)).await?;

    let config = types::ModelConfig {
        kind: types::ModelKind::TextGeneration,
        name: "qwen-max".to_owned(),
        credentials: vec![("endpoint_url".to_owned(), endpoint)],
    };
    let models = instance.higress_model_provider_models().model();
    let constructing = models.call_constructor(&mut store, &config);
    let model = guard.run(constructing).await?;
    let model = model.map_err(|error| error.message)?;

    let request = Request::new([Message::user("Count to 5.")]);
    let options = types::CallOptions::default();
    let text = instance.higress_model_provider_text_generation();
    let generating = text.call_generate(&mut store, model, &request, &options);
    match guard.run(generating).await? {
        Ok(response) => writeln!(out, "{}: {}", store.data().plugin, response.text)?,
        Err(error) => return Err(error.message.into()),
    }
    Ok(())
}
