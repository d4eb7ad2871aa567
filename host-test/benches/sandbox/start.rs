//! From a file to the first result.

use super::figures::Times;
use super::plugin::{cache, engine, manifest};
use anyhow::Result;
use higress_host::egress::EgressPolicy;
use higress_host::host::Host;
use higress_host::report::CallReport;
use higress_host::tenant::{Tenant, TenantPolicy};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) async fn measure() -> Result<()> {
    let (mut compile, mut load, mut first) = (Times::default(), Times::default(), Times::default());
    let manifest = manifest()?;
    let component = manifest.component_path();
    let cache = cache()?;
    for _ in 0..5 {
        let engine = engine()?;
        let begun = Instant::now();
        drop(Host::from_file(engine, manifest.clone(), &component)?);
        compile.add(begun.elapsed());
    }
    // Once, to have it there.
    drop(Host::from_file(
        engine()?.with_code_cache(cache.clone()),
        manifest.clone(),
        &component,
    )?);
    for _ in 0..50 {
        let engine = engine()?.with_code_cache(cache.clone());
        let begun = Instant::now();
        let host = Host::from_file(engine, manifest.clone(), &component)?;
        load.add(begun.elapsed());
        let policy = TenantPolicy::new("first", host.limits(), EgressPolicy::deny_all());
        Tenant::new(&host, policy)?.provider().await?;
        first.add(begun.elapsed());
    }
    compile.show("compile the component");
    load.show("load it from the code cache");
    first.show("  and have a first result, a tenant included");
    instantiate().await
}

/// What reports say of fresh sandboxes.
async fn instantiate() -> Result<()> {
    let host = super::plugin::host()?;
    let times = Arc::new(Mutex::new(Times::default()));
    let observer = {
        let times = Arc::clone(&times);
        move |report: &CallReport| times.lock().unwrap().add(report.instantiate)
    };
    let policy = TenantPolicy {
        observer: Some(Arc::new(observer)),
        ..TenantPolicy::new("instantiate", host.limits(), EgressPolicy::deny_all())
    };
    let tenant = Tenant::new(&host, policy)?;
    for _ in 0..2_000 {
        tenant.provider().await?;
    }
    times.lock().unwrap().show("make a fresh sandbox");
    Ok(())
}
