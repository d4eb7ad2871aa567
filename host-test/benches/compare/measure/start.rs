//! From a file to the first result, and the size of the file.

use crate::bench::Bench;
use crate::contender::component::{engine, host, manifest};
use crate::proof::number;
use crate::report::figure::{bytes, time};
use crate::report::{Cell, Goal, Section};
use crate::series::Series;
use anyhow::Result;
use provider_host::code_cache::CodeCache;
use provider_host::egress::EgressPolicy;
use provider_host::engine::EngineOptions;
use provider_host::host::ProviderHost;
use provider_host::report::CallReport;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Seconds to compile, to load, to make a sandbox, to the first result; bytes.
const COMPILE: f64 = 150e-3;
const LOAD: f64 = 0.6e-3;
const INSTANTIATE: f64 = 15e-6;
const FIRST: f64 = 2e-3;
const SIZE: f64 = 256.0 * 1024.0;

pub(super) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let mut section = Section::new(
        "The start",
        "Compiling, on one core, is done once for a component and a version of the host, which keeps \
         the code; the first result is that of a function that sends nothing, from the file in the \
         code cache on, with a tenant made for it.",
        &["p50", "p99"],
    );
    let mut add = |label: &str, series: &Series, limit: f64| {
        let cells = [series.median(), series.percentile(99)];
        let cells = cells.map(|seconds| time(seconds).into()).to_vec();
        let goal = Goal::at_most(limit, series.median(), time);
        section.row(label, cells).goal(goal);
    };
    add("compile", &compile(bench.effort.choose(3, 20))?, COMPILE);
    let (load, first) = load(bench.effort.choose(50, 300)).await?;
    add("load from the code cache", &load, LOAD);
    add("make a fresh sandbox", &instantiate().await?, INSTANTIATE);
    add("first result", &first, FIRST);
    let size = number(std::fs::read(manifest()?.component_path())?.len());
    section
        .row(
            "size of the component",
            vec![bytes(size).into(), Cell::empty()],
        )
        .goal(Goal::at_most(SIZE, size, bytes));
    Ok(vec![section])
}

/// Places of the usual engine.
fn max_instances() -> u32 {
    EngineOptions::default().max_instances
}

fn compile(times: usize) -> Result<Series> {
    let manifest = manifest()?;
    let component = manifest.component_path();
    let once = |_| {
        let engine = engine(max_instances())?;
        let begun = Instant::now();
        drop(ProviderHost::from_file(
            engine,
            manifest.clone(),
            &component,
        )?);
        Ok(begun.elapsed().as_secs_f64())
    };
    (0..times).map(once).collect()
}

/// What loading takes, and what the first result does.
async fn load(times: usize) -> Result<(Series, Series)> {
    let manifest = manifest()?;
    let component = manifest.component_path();
    let folder = tempfile::tempdir()?;
    let cache = CodeCache::open(folder.path().to_owned())?;
    // Once, to have it there.
    let engine_of = || anyhow::Ok(engine(max_instances())?.with_code_cache(cache.clone()));
    drop(ProviderHost::from_file(
        engine_of()?,
        manifest.clone(),
        &component,
    )?);
    let (mut loaded, mut first) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let engine = engine_of()?;
        let begun = Instant::now();
        let host = ProviderHost::from_file(engine, manifest.clone(), &component)?;
        loaded.push(begun.elapsed().as_secs_f64());
        let policy = TenantPolicy::new("first", host.limits(), EgressPolicy::deny_all());
        Tenant::new(&host, policy)?.provider().await?;
        first.push(begun.elapsed().as_secs_f64());
    }
    Ok((loaded.into_iter().collect(), first.into_iter().collect()))
}

/// What reports say of fresh sandboxes.
async fn instantiate() -> Result<Series> {
    let host = host(max_instances())?;
    let times = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let times = Arc::clone(&times);
        move |report: &CallReport| {
            let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
            times.push(report.instantiate.as_secs_f64());
        }
    };
    let policy = TenantPolicy::new("instantiate", host.limits(), EgressPolicy::deny_all())
        .with_observer(observer);
    let tenant = Tenant::new(&host, policy)?;
    for _ in 0..2_000 {
        tenant.provider().await?;
    }
    let times = times.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(times.iter().copied().collect())
}
