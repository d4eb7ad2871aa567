//! A tenant's calls check the form first. The component here traps whenever
//! it is called, so that a call that reaches it can be told.

use provider_host::Model;
use provider_host::contract::types::{CallOptions, ModelConfig, ModelKind};
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::host::ProviderHost;
use provider_host::tenant::{Tenant, TenantPolicy};
use testing::call::filled;
use testing::provider::engine;
use testing::provider::manifest;
use testing::root;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const ENDPOINT: &str = "http://gateway.example";

fn trapping_component() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("provider")).unwrap();
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

fn tenant() -> Tenant {
    let host = ProviderHost::from_bytes(engine(1), manifest(), &trapping_component());
    let host = host.unwrap_or_else(|error| panic!("{error}"));
    let egress = EgressPolicy::for_endpoint(ENDPOINT).unwrap();
    let policy = TenantPolicy::new("test", host.limits(), egress);
    Tenant::new(&host, policy).unwrap()
}

fn model(values: &[(&str, &str)]) -> Model {
    Model::new(ModelConfig {
        kind: ModelKind::TextRerank,
        name: "model".to_owned(),
        credentials: filled(values),
    })
}

#[tokio::test]
async fn a_form_that_is_refused_never_reaches_the_component() {
    let tenant = tenant();
    let complete = [("endpoint_url", ENDPOINT)];
    let keyless = [complete[0], ("consumer_auth_mode", "api_key")];

    let reached = tenant
        .validate(&model(&complete), &CallOptions::default())
        .await;
    assert!(
        matches!(reached, Err(CallError::Trap { .. })),
        "{reached:?}"
    );

    let refused = tenant
        .validate(&model(&keyless), &CallOptions::default())
        .await;
    let Err(CallError::InvalidForm(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.variable(), "api_key");
    assert_eq!(
        error.to_string(),
        "`api_key` (API Key) is missing; fill it in"
    );
}

#[tokio::test]
async fn a_description_is_asked_for_whatever_the_form_says() {
    let described = tenant().describe(&model(&[])).await;
    assert!(
        matches!(described, Err(CallError::Trap { .. })),
        "{described:?}"
    );
}
