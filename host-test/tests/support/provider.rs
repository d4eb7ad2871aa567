//! The built component, ready to be called, for tests of several programs.
//! `make component` builds it; it is compiled once for all of them.

use provider_host::code_cache::CodeCache;
use provider_host::engine::{Engine, EngineOptions};
use provider_host::form::Form;
use provider_host::host::ProviderHost;
use provider_host::manifest::Manifest;
use std::path::Path;
use std::sync::OnceLock;

/// Calls and streams at one time, in the tests of one program.
const PLACES: u32 = 64;

/// The component with its form, which is checked before each call.
#[allow(dead_code, reason = "one of three, of which each program needs one")]
pub(crate) fn host() -> &'static ProviderHost {
    static HOST: OnceLock<ProviderHost> = OnceLock::new();
    HOST.get_or_init(|| on(engine(), manifest()))
}

/// The component without its form: it gets to see what a host would refuse.
#[allow(dead_code, reason = "as `host`")]
pub(crate) fn host_without_form() -> &'static ProviderHost {
    static HOST: OnceLock<ProviderHost> = OnceLock::new();
    HOST.get_or_init(|| {
        let mut manifest = manifest();
        manifest.form = Form::default();
        on(engine(), manifest)
    })
}

/// The component on an engine of the test's own.
#[allow(dead_code, reason = "as `host`")]
pub(crate) fn host_on(engine: Engine) -> ProviderHost {
    on(engine, manifest())
}

fn on(engine: Engine, manifest: Manifest) -> ProviderHost {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("code");
    let engine = engine.with_code_cache(CodeCache::open(cache).unwrap());
    let component = manifest.component_path();
    ProviderHost::from_file(engine, manifest, component).unwrap_or_else(|error| panic!("{error}"))
}

fn engine() -> Engine {
    let options = EngineOptions {
        max_instances: PLACES,
        ..EngineOptions::default()
    };
    Engine::new(options).unwrap()
}

/// The repository's manifest.
#[allow(dead_code, reason = "as `host`")]
pub(crate) fn manifest() -> Manifest {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Manifest::read(root.join("manifest.yaml")).unwrap()
}
