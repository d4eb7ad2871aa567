//! The interfaces that a component is granted, and their implementations. A
//! component that imports anything else is refused.

use crate::contract;
use crate::manifest::Permission;
use crate::sandbox::Sandbox;
use crate::transport::body_error_code;
use wasmtime::Engine;
use wasmtime::component::{Component, HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::clocks::WasiClocks;
use wasmtime_wasi::p2::IoError;
use wasmtime_wasi::p2::bindings::{clocks, io, random};
use wasmtime_wasi::random::{WasiRandom, WasiRandomCtx};
use wasmtime_wasi_http::p2::bindings::LinkOptions;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, OutgoingRequest, RequestOptions};
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

/// The imports of `component` that are not granted.
pub(crate) fn foreign_imports(component: &Component) -> Vec<String> {
    imports(component, |name| !is_granted(name))
}

/// The imports of `component` that its manifest does not ask for.
pub(crate) fn undeclared_imports(component: &Component, permission: &Permission) -> Vec<String> {
    imports(component, |name| {
        let interface = name
            .split_once('@')
            .map_or(name, |(interface, _)| interface);
        interface != CONTRACT_TYPES && !permission.allows(interface)
    })
}

fn imports(component: &Component, are_sought: impl Fn(&str) -> bool) -> Vec<String> {
    component
        .component_type()
        .imports(component.engine())
        .map(|(name, _)| name)
        .filter(|name| are_sought(name))
        .map(str::to_owned)
        .collect()
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
    linker.allow_shadowing(true);
    mend_http_error_code(&mut linker)?;
    bound_random_bytes(&mut linker)?;
    silence_paths(&mut linker)?;
    mend_request_options(&mut linker)?;
    linker.allow_shadowing(false);
    Ok(linker)
}

/// The part of a sandbox that wasi:io works on.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// Replaces `http-error-code`. The implementation in wasmtime-wasi-http 48
/// looks for an error code where the stream of a body leaves the crate's own
/// error type, and so never finds one; a component could not tell a timeout
/// from a broken connection.
fn mend_http_error_code(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    linker.instance(HTTP_TYPES)?.func_wrap(
        "http-error-code",
        |mut store, (error,): (Resource<IoError>,)| {
            let error = store.data_mut().table().get(&error)?;
            Ok((error_code(error),))
        },
    )
}

/// Random bytes that a component gets at once, at most. They are made in one
/// go while the thread does nothing else, and wasmtime-wasi 48 allows 64 MiB.
/// A nonce takes 16.
const RANDOM_BYTES: u64 = 4 << 10;

fn bound_random_bytes(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    linker
        .instance(RANDOM)?
        .func_wrap("get-random-bytes", |mut store, (length,): (u64,)| {
            if length > RANDOM_BYTES {
                wasmtime::bail!(
                    "it asks for {length} random bytes at once and may have {RANDOM_BYTES}"
                );
            }
            let random: &mut WasiRandomCtx = Sandbox::random(store.data_mut());
            Ok((random::random::Host::get_random_bytes(random, length)?,))
        })
}

/// Replaces `set-path-with-query` by the same without its trace, in which
/// wasmtime-wasi-http 48 prints the path: a key may be in its query.
fn silence_paths(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    linker.instance(HTTP_TYPES)?.func_wrap(
        "[method]outgoing-request.set-path-with-query",
        |mut store, (request, path): (Resource<OutgoingRequest>, Option<String>)| {
            let mut http = store.data_mut().http();
            Ok((types::HostOutgoingRequest::set_path_with_query(
                &mut http, request, path,
            )?,))
        },
    )
}

/// Replaces `handle` by the same, which also takes the options away.
/// wasmtime-wasi-http 48 leaves them in the table for as long as the store
/// lives, and a call of a thousand requests would meet its limit of handles.
fn mend_request_options(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    type Handed = (Resource<OutgoingRequest>, Option<Resource<RequestOptions>>);
    linker.instance(OUTGOING_HANDLER)?.func_wrap(
        "handle",
        |mut store, (request, options): Handed| {
            let mut http = store.data_mut().http();
            // Another handle of the options, for the time of the call.
            let lent = options.as_ref().map(|own| Resource::new_own(own.rep()));
            let handled = outgoing_handler::Host::handle(&mut http, request, lent);
            if let Some(options) = options {
                http.table.delete(options)?;
            }
            match handled {
                Ok(future) => Ok((Ok(future),)),
                Err(error) => Ok((Err(error.downcast()?),)),
            }
        },
    )
}

/// The instance under the version that wasmtime-wasi-http 48 defines it by.
const HTTP_TYPES: &str = "wasi:http/types@0.2.12";

/// As [`HTTP_TYPES`].
const OUTGOING_HANDLER: &str = "wasi:http/outgoing-handler@0.2.12";

/// As [`HTTP_TYPES`], of wasmtime-wasi 48.
const RANDOM: &str = "wasi:random/random@0.2.12";

fn error_code(error: &IoError) -> Option<ErrorCode> {
    match error.downcast_ref::<ErrorCode>() {
        Some(code) => Some(code.clone()),
        None => error.downcast_ref().map(body_error_code),
    }
}

#[cfg(test)]
mod tests {
    use super::{GRANTED, error_code, is_granted, linker};
    use wasmtime::Engine;
    use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

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

    #[test]
    fn the_reason_of_a_broken_body_is_found() {
        let error = wasmtime::Error::new(wasmtime_wasi_http::Error::ConnectionReadTimeout);
        assert!(matches!(
            error_code(&error),
            Some(ErrorCode::ConnectionReadTimeout)
        ));
        assert!(error_code(&wasmtime::format_err!("something else")).is_none());
    }
}
