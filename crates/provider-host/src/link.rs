//! The interfaces that a component is granted, and their implementations. A
//! component that imports anything else is refused.

mod replaced;

use crate::contract;
use crate::manifest::Permission;
use crate::sandbox::Sandbox;
use wasmtime::Engine;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::clocks::WasiClocks;
use wasmtime_wasi::p2::bindings::{clocks, io, random};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi_http::p2::bindings::LinkOptions;
use wasmtime_wasi_http::p2::bindings::http::{outgoing_handler, types};
use wasmtime_wasi_http::{WasiHttp, WasiHttpView};

/// The granted interfaces, each in any version 0.2.x.
pub(crate) const GRANTED: [&str; 8] = [
    "wasi:http/types",
    "wasi:http/outgoing-handler",
    "wasi:clocks/wall-clock",
    "wasi:clocks/monotonic-clock",
    "wasi:random/random",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];

/// The contract's own interface of types, which a component names among its
/// imports and which has nothing to call.
const CONTRACT_TYPES: &str = "higress:model-provider/types";

/// The imports that are not granted.
pub(crate) fn foreign_imports(imports: &[String]) -> Vec<String> {
    select(imports, |name| !is_granted(name))
}

/// The imports that the manifest does not ask for.
pub(crate) fn undeclared_imports(imports: &[String], permission: &Permission) -> Vec<String> {
    select(imports, |name| {
        let interface = name
            .split_once('@')
            .map_or(name, |(interface, _)| interface);
        interface != CONTRACT_TYPES && !permission.allows(interface)
    })
}

fn select(imports: &[String], is_sought: impl Fn(&str) -> bool) -> Vec<String> {
    let imports = imports.iter();
    imports.filter(|name| is_sought(name)).cloned().collect()
}

fn is_granted(import: &str) -> bool {
    match import.split_once('@') {
        Some((interface, version)) => {
            (GRANTED.contains(&interface) && version.starts_with("0.2."))
                || (interface == CONTRACT_TYPES && version == contract::VERSION)
        }
        None => false,
    }
}

/// A linker with the granted interfaces and nothing else.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    let options = LinkOptions::default();
    types::add_to_linker::<_, WasiHttp>(&mut linker, &(&options).into(), Sandbox::http)?;
    outgoing_handler::add_to_linker::<_, WasiHttp>(&mut linker, Sandbox::http)?;
    clocks::wall_clock::add_to_linker::<_, WasiClocks>(&mut linker, Sandbox::clocks)?;
    clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(&mut linker, Sandbox::clocks)?;
    random::random::add_to_linker::<_, WasiRandom>(&mut linker, Sandbox::random)?;
    io::error::add_to_linker::<_, Table>(&mut linker, Sandbox::table)?;
    io::poll::add_to_linker::<_, Table>(&mut linker, Sandbox::table)?;
    io::streams::add_to_linker::<_, Table>(&mut linker, Sandbox::table)?;
    replaced::replace(&mut linker)?;
    Ok(linker)
}

/// The part of a sandbox that wasi:io works on.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

#[cfg(test)]
mod tests {
    use super::{GRANTED, is_granted, linker};
    use wasmtime::Engine;

    #[test]
    fn only_the_world_s_interfaces_are_granted() {
        for interface in GRANTED {
            assert!(is_granted(&format!("{interface}@0.2.4")), "{interface}");
            assert!(!is_granted(&format!("{interface}@0.3.0")), "{interface}");
            assert!(!is_granted(interface), "{interface}");
        }
        for import in [
            "wasi:cli/environment@0.2.4",
            "wasi:filesystem/types@0.2.4",
            "wasi:sockets/tcp@0.2.4",
            "wasi:random/insecure@0.2.4",
            "wasi:http/incoming-handler@0.2.4",
            "higress:model-provider/types@9.0.0",
        ] {
            assert!(!is_granted(import), "{import}");
        }
    }

    #[test]
    fn everything_that_is_granted_can_be_linked() {
        linker(&Engine::default()).unwrap();
    }
}
