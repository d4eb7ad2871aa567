//! The built component, on an engine with many places, and its tenants.

use anyhow::Result;
use higress_host::code_cache::CodeCache;
use higress_host::contract::text_generation::Request;
use higress_host::contract::types::{Model, ModelKind};
use higress_host::egress::{AddressScope, EgressPolicy};
use higress_host::engine::{Engine, EngineOptions};
use higress_host::host::Host;
use higress_host::json;
use higress_host::limits::Limits;
use higress_host::manifest::Manifest;
use higress_host::tenant::{Reuse, Tenant, TenantPolicy};
use std::net::SocketAddr;
use std::path::Path;

/// Places for all the streams that are open at one time.
pub(crate) const PLACES: u32 = 1_100;

pub(crate) fn manifest() -> Result<Manifest> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Ok(Manifest::read(root.join("manifest.yaml"))?)
}

pub(crate) fn engine() -> Result<Engine> {
    Ok(Engine::new(EngineOptions {
        places: PLACES,
        ..EngineOptions::default()
    })?)
}

pub(crate) fn cache() -> Result<CodeCache> {
    let folder = std::env::temp_dir().join(format!("higress-host-bench-{}", std::process::id()));
    Ok(CodeCache::open(folder)?)
}

pub(crate) fn host() -> Result<Host> {
    let manifest = manifest()?;
    let component = manifest.component_path();
    Ok(Host::from_file(engine()?, manifest, component)?)
}

pub(crate) fn tenant(host: &Host, gateway: SocketAddr, reuse: Reuse) -> Result<Tenant> {
    let egress = EgressPolicy::for_endpoint(&format!("http://{gateway}"))?;
    let egress = egress.with_scope(AddressScope::PublicAndPrivate);
    let limits = Limits {
        concurrent_calls: PLACES,
        concurrent_requests: PLACES,
        ..host.limits()
    };
    let policy = TenantPolicy {
        reuse,
        ..TenantPolicy::new("bench", limits, egress)
    };
    Ok(Tenant::new(host, policy)?)
}

pub(crate) fn model(gateway: SocketAddr, path: &str) -> Model {
    Model {
        kind: ModelKind::TextGeneration,
        name: "qwen-max".to_owned(),
        credentials: vec![("endpoint_url".to_owned(), format!("http://{gateway}{path}"))],
    }
}

pub(crate) fn question(words: &str) -> Result<Request> {
    let request = serde_json::json!({"messages": [{"role": "user", "content": words}]});
    Ok(json::text_generation::read_request(&request)?)
}
