//! The implementations of the interfaces that a component may import.

mod overrides;

use crate::sandbox::view::SandboxView;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksCtxView};
use wasmtime_wasi::p2::bindings::{clocks, io, random};
use wasmtime_wasi::random::{WasiRandom, WasiRandomCtx};
use wasmtime_wasi_http::p2::bindings::LinkOptions;
use wasmtime_wasi_http::p2::bindings::http::{outgoing_handler, types};
use wasmtime_wasi_http::{WasiHttp, WasiHttpCtxView, WasiHttpView};

/// Adds the interfaces that the contract's world imports to `linker`, and no
/// others: `wasi:http` (types, outgoing handler), both clocks, random bytes, and
/// the `wasi:io` that these need.
///
/// They work on the [`Sandbox`](crate::Sandbox) in the data of the store. Use a
/// linker of its own for providers: these interfaces must not be defined in it
/// yet, and some functions are bounded more tightly than in wasmtime's WASI.
/// Shadowing is disallowed in the linker afterwards, as it is by default.
///
/// # Errors
///
/// If one of the interfaces is defined already.
pub fn add_to_linker<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let options = LinkOptions::default();
    types::add_to_linker::<_, WasiHttp>(linker, &(&options).into(), http_of::<T>)?;
    outgoing_handler::add_to_linker::<_, WasiHttp>(linker, http_of::<T>)?;
    clocks::wall_clock::add_to_linker::<_, WasiClocks>(linker, clocks_of::<T>)?;
    clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(linker, clocks_of::<T>)?;
    random::random::add_to_linker::<_, WasiRandom>(linker, random_of::<T>)?;
    io::error::add_to_linker::<_, Table>(linker, table_of::<T>)?;
    io::poll::add_to_linker::<_, Table>(linker, table_of::<T>)?;
    io::streams::add_to_linker::<_, Table>(linker, table_of::<T>)?;
    overrides::override_functions(linker)
}

fn http_of<T: SandboxView>(state: &mut T) -> WasiHttpCtxView<'_> {
    state.sandbox().http()
}

fn clocks_of<T: SandboxView>(state: &mut T) -> WasiClocksCtxView<'_> {
    state.sandbox().clocks()
}

fn random_of<T: SandboxView>(state: &mut T) -> &mut WasiRandomCtx {
    state.sandbox().random()
}

fn table_of<T: SandboxView>(state: &mut T) -> &mut ResourceTable {
    state.sandbox().table()
}

/// The part of a sandbox that wasi:io works on.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

#[cfg(test)]
mod tests {
    use super::add_to_linker;
    use crate::sandbox::store::Sandbox;
    use wasmtime::Engine;
    use wasmtime::component::Linker;

    #[test]
    fn everything_that_is_granted_can_be_linked() {
        let mut linker = Linker::<Sandbox>::new(&Engine::default());
        add_to_linker(&mut linker).unwrap();
    }

    #[test]
    fn a_linker_that_has_one_of_the_interfaces_is_refused() {
        let mut linker = Linker::<Sandbox>::new(&Engine::default());
        add_to_linker(&mut linker).unwrap();
        assert!(add_to_linker(&mut linker).is_err());
    }
}
