//! The functions of wasmtime's WASI that a sandbox overrides: the originals
//! keep too much, log too much or lose something. Each comment says what is wrong
//! with the original, that of version 48.

use crate::sandbox::view::SandboxView;
use crate::transport::body_error_code;
use wasmtime::component::{ComponentType, Lift, Linker, Resource};
use wasmtime_wasi::p2::IoError;
use wasmtime_wasi::p2::bindings::random::random::Host as _;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host as _;
use wasmtime_wasi_http::p2::bindings::http::types::{
    ErrorCode, Fields, HostOutgoingRequest as _, Method, OutgoingRequest, OutgoingResponse,
    RequestOptions,
};

/// The instance under the version that wasmtime-wasi-http 48 defines it by.
const HTTP_TYPES: &str = "wasi:http/types@0.2.12";

/// As [`HTTP_TYPES`].
const OUTGOING_HANDLER: &str = "wasi:http/outgoing-handler@0.2.12";

/// As [`HTTP_TYPES`], of wasmtime-wasi 48.
const RANDOM: &str = "wasi:random/random@0.2.12";

/// Random bytes that a component gets at once, at most. A nonce takes 16.
const RANDOM_BYTES: u64 = 4 << 10;

/// Bytes of a request's method, at most. The longest that is registered has
/// 17 (RFC 5323 and others, by the IANA registry of HTTP methods).
const METHOD_BYTES: usize = 32;

/// Bytes of a request's authority, at most: a host name of 253, brackets and a
/// port.
const AUTHORITY_BYTES: usize = 300;

/// Overrides all of them.
pub(super) fn override_functions<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    report_body_errors(linker)?;
    bound_random_bytes(linker)?;
    bound_and_silence_requests(linker)?;
    refuse_responses(linker)?;
    drop_options_of_requests(linker)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// `http-error-code` looks for an error code where the stream of a body leaves
/// the crate's own error type, and so never finds one; a component could not
/// tell a timeout from a broken connection.
fn report_body_errors<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance(HTTP_TYPES)?.func_wrap(
        "http-error-code",
        |mut store, (error,): (Resource<IoError>,)| {
            let error = store.data_mut().sandbox().table().get(&error)?;
            Ok((error_code(error),))
        },
    )
}

fn error_code(error: &IoError) -> Option<ErrorCode> {
    match error.downcast_ref::<ErrorCode>() {
        Some(code) => Some(code.clone()),
        None => error.downcast_ref().map(body_error_code),
    }
}

/// `get-random-bytes` makes up to 64 MiB in one go, while its thread does
/// nothing else.
fn bound_random_bytes<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker
        .instance(RANDOM)?
        .func_wrap("get-random-bytes", |mut store, (length,): (u64,)| {
            if length > RANDOM_BYTES {
                wasmtime::bail!(
                    "it requests {length} random bytes at once; the maximum is {RANDOM_BYTES}"
                );
            }
            Ok((store
                .data_mut()
                .sandbox()
                .random()
                .get_random_bytes(length)?,))
        })
}

/// A request's method and authority may be of any length, and are kept outside
/// of the component's memory for each request that it holds. They and the path,
/// which may hold a key, are printed in traces.
fn bound_and_silence_requests<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    on_request(
        linker,
        "set-method",
        |http, request, method: Method| match &method {
            Method::Other(name) if name.len() > METHOD_BYTES => Ok(Err(())),
            _ => http.set_method(request, method),
        },
    )?;
    on_request(
        linker,
        "set-authority",
        |http, request, authority: Option<String>| match &authority {
            Some(authority) if authority.len() > AUTHORITY_BYTES => Ok(Err(())),
            _ => http.set_authority(request, authority),
        },
    )?;
    on_request(
        linker,
        "set-path-with-query",
        |http, request, path: Option<String>| http.set_path_with_query(request, path),
    )
}

/// Overrides a function that sets a part of a request.
fn on_request<S: SandboxView, T>(
    linker: &mut Linker<S>,
    function: &str,
    set: impl Fn(
        &mut wasmtime_wasi_http::WasiHttpCtxView<'_>,
        Resource<OutgoingRequest>,
        T,
    ) -> wasmtime::Result<Result<(), ()>>
    + Send
    + Sync
    + 'static,
) -> wasmtime::Result<()>
where
    T: ComponentType + Lift + 'static,
{
    let name = format!("[method]outgoing-request.{function}");
    linker.instance(HTTP_TYPES)?.func_wrap(
        &name,
        move |mut store, (request, value): (Resource<OutgoingRequest>, T)| {
            let mut http = store.data_mut().sandbox().http();
            Ok((set(&mut http, request, value)?,))
        },
    )
}

/// `outgoing-response` is for servers, and its body would keep what is written
/// to it.
fn refuse_responses<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance(HTTP_TYPES)?.func_wrap(
        "[constructor]outgoing-response",
        |_, (_headers,): (Resource<Fields>,)| -> wasmtime::Result<(Resource<OutgoingResponse>,)> {
            wasmtime::bail!("outgoing responses are not supported: there is no incoming request")
        },
    )
}

/// `handle` leaves the options of a request in the table for as long as the
/// store lives, and a call of a thousand requests would meet its limit of
/// handles.
fn drop_options_of_requests<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    type Handed = (Resource<OutgoingRequest>, Option<Resource<RequestOptions>>);
    linker.instance(OUTGOING_HANDLER)?.func_wrap(
        "handle",
        |mut store, (request, options): Handed| {
            let mut http = store.data_mut().sandbox().http();
            // Another handle of the options, for the time of the call.
            let lent = options.as_ref().map(|own| Resource::new_own(own.rep()));
            let handled = http.handle(request, lent);
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

#[cfg(test)]
mod tests {
    use super::error_code;
    use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

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
