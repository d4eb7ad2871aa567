//! A tenant's forward proxies, with the built component. `make component` builds
//! it.

use mock_gateway::{Backend, Gateway, GatewayConfig, Route, Upstream};
use provider_host::Model;
use provider_host::contract::types::{CallOptions, ErrorKind, ModelConfig, ModelKind};
use provider_host::egress::{AddressScope, EgressPolicy, PlainHttp};
use provider_host::error::CallError;
use provider_host::host::ProviderHost;
use provider_host::proxy::{Proxies, ProxyUrl};
use provider_host::tenant::{Tenant, TenantError, TenantPolicy};

/// A name that leads nowhere: only a proxy can reach it.
const ENDPOINT: &str = "http://ai.invalid/v1";

fn host() -> ProviderHost {
    ProviderHost::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifest.yaml")).unwrap()
}

fn policy(host: &ProviderHost, proxy: &ProxyUrl) -> TenantPolicy {
    let egress = EgressPolicy::for_endpoint(ENDPOINT)
        .unwrap()
        .with_plain_http(PlainHttp::Anywhere)
        .with_proxy(proxy.origin().clone(), AddressScope::PublicAndPrivate);
    TenantPolicy::new("test", host.limits(), egress).with_proxies(Proxies::all(proxy.clone()))
}

fn model() -> Model {
    Model::new(ModelConfig {
        kind: ModelKind::TextGeneration,
        name: "qwen-max".to_owned(),
        credentials: vec![("endpoint_url".to_owned(), ENDPOINT.to_owned())],
    })
}

#[tokio::test]
async fn a_call_goes_through_the_tenant_s_proxy_and_fails_unsent_without_it() {
    let host = host();
    // A server that takes whole URLs is as good as a proxy.
    let route = Route::new("", Backend::Upstream(Upstream::OpenAiCompatible));
    let gateway = Gateway::start(GatewayConfig::new().route(route))
        .await
        .unwrap();
    let proxy: ProxyUrl = gateway.url("").parse().unwrap();
    let tenant = Tenant::new(&host, policy(&host, &proxy)).unwrap();
    let options = CallOptions::default();
    tenant.validate(&model(), &options).await.unwrap();

    drop(gateway);
    let tenant = Tenant::new(&host, policy(&host, &proxy)).unwrap();
    match tenant.validate(&model(), &options).await {
        Err(CallError::Provider(error)) => {
            assert_eq!(error.kind, ErrorKind::Connection, "{error:?}");
            assert!(!error.request_sent, "{error:?}");
        }
        other => panic!("{other:?}"),
    }

    // A tenant whose egress policy does not permit its proxy is not made.
    let policy = policy(&host, &proxy).with_egress(EgressPolicy::for_endpoint(ENDPOINT).unwrap());
    let refused = Tenant::new(&host, policy).err();
    assert!(
        matches!(refused, Some(TenantError::Proxy(_))),
        "{refused:?}"
    );
}
