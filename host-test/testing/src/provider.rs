//! The built component, compiled, on hosts for tests. A process compiles it
//! once for each engine, and finds the code that earlier processes compiled.

use provider_host::code_cache::CodeCache;
use provider_host::engine::{Engine, EngineOptions};
use provider_host::form::Form;
use provider_host::host::ProviderHost;
use provider_host::manifest::Manifest;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Calls and streams at one time, on the hosts that all tests of a process
/// share.
const PLACES: u32 = 64;

/// The component with its form, which is checked before each call.
pub fn host() -> &'static ProviderHost {
    static HOST: OnceLock<ProviderHost> = OnceLock::new();
    HOST.get_or_init(|| host_on(shared_engine().clone()))
}

/// The component without its form: it receives what a host would reject.
pub fn host_without_form() -> &'static ProviderHost {
    static HOST: OnceLock<ProviderHost> = OnceLock::new();
    HOST.get_or_init(|| {
        let mut manifest = manifest();
        manifest.form = Form::default();
        host_of(manifest, shared_engine().clone())
    })
}

/// The component on an engine of the test's own.
#[must_use]
pub fn host_on(engine: Engine) -> ProviderHost {
    host_of(manifest(), engine)
}

/// An engine with room for `places` calls and streams at one time.
#[must_use]
pub fn engine(places: u32) -> Engine {
    let options = EngineOptions::default().with_max_instances(places);
    Engine::new(options).unwrap()
}

/// The repository's manifest.
#[must_use]
pub fn manifest() -> Manifest {
    let file = crate::root().join("manifest.yaml");
    Manifest::read(file).unwrap_or_else(|error| panic!("{error}"))
}

fn shared_engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| engine(PLACES))
}

fn host_of(manifest: Manifest, engine: Engine) -> ProviderHost {
    let engine = engine.with_code_cache(CodeCache::open(code()).unwrap());
    let component = manifest.component_path();
    ProviderHost::from_file(engine, manifest, component).unwrap_or_else(|error| panic!("{error}"))
}

/// Where compiled code is kept: beside the programs that Cargo built.
fn code() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(2).unwrap().join("code-of-tests")
}
