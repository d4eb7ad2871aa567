//! Pieces of components that speak HTTP by hand: `$send` sends a request to
//! the authority that is written at 1024, and `$response` waits for its response.

/// Where results are put, out of the way of everything else.
const RESULT: u32 = 2048;

/// The functions, for the server at `authority`.
///
/// - `$headers` makes empty header fields: their handle.
/// - `$append` adds a field (handle, name, its length, value, its length): 0,
///   or 1 more than the header error.
/// - `$request` makes a request (headers, method: 0 is GET, 2 is POST): its
///   handle.
/// - `$send` sends a GET without a body: the handle of its future.
/// - `$response` waits for that future: the handle of the response, or -1 less
///   the error code.
/// - `$body` takes a response: the handle of the stream of its body. What it
///   is a child of is kept.
/// - `$wait` waits for this many milliseconds.
pub(crate) fn functions(authority: &str) -> String {
    let length = authority.len();
    format!(
        r#"
        (data (i32.const 1024) "{authority}") (data (i32.const 1536) "/")
        (func $headers (result i32)
            call {{wasi:http/types@0.2.4#[constructor]fields}})
        (func $append (param i32 i32 i32 i32 i32) (result i32)
            local.get 0 local.get 1 local.get 2 local.get 3 local.get 4
            i32.const {RESULT}
            call {{wasi:http/types@0.2.4#[method]fields.append}}
            i32.const {RESULT} i32.load8_u
            if (result i32)
                i32.const {RESULT} i32.load8_u offset=1 i32.const 1 i32.add
            else
                i32.const 0
            end)
        (func $request (param $headers i32) (param $method i32) (result i32) (local $request i32)
            local.get $headers
            call {{wasi:http/types@0.2.4#[constructor]outgoing-request}}
            local.set $request
            local.get $request local.get $method i32.const 0 i32.const 0
            call {{wasi:http/types@0.2.4#[method]outgoing-request.set-method}}
            drop
            local.get $request i32.const 1 i32.const 0 i32.const 0 i32.const 0
            call {{wasi:http/types@0.2.4#[method]outgoing-request.set-scheme}}
            drop
            local.get $request i32.const 1 i32.const 1024 i32.const {length}
            call {{wasi:http/types@0.2.4#[method]outgoing-request.set-authority}}
            drop
            local.get $request i32.const 1 i32.const 1536 i32.const 1
            call {{wasi:http/types@0.2.4#[method]outgoing-request.set-path-with-query}}
            drop
            local.get $request)
        (func $handle (param $request i32) (result i32)
            local.get $request i32.const 0 i32.const 0 i32.const {RESULT}
            call {{wasi:http/outgoing-handler@0.2.4#handle}}
            i32.const {RESULT} i32.load8_u if unreachable end
            i32.const {RESULT} i32.load offset=8)
        (func $send (result i32)
            call $headers i32.const 0 call $request call $handle)
        (func $response (param $future i32) (result i32) (local $ready i32)
            local.get $future
            call {{wasi:http/types@0.2.4#[method]future-incoming-response.subscribe}}
            local.tee $ready
            call {{wasi:io/poll@0.2.4#[method]pollable.block}}
            local.get $ready
            call {{wasi:io/poll@0.2.4#[resource-drop]pollable}}
            local.get $future i32.const {RESULT}
            call {{wasi:http/types@0.2.4#[method]future-incoming-response.get}}
            i32.const {RESULT} i32.load8_u i32.eqz if unreachable end
            i32.const {RESULT} i32.load8_u offset=8 if unreachable end
            i32.const {RESULT} i32.load8_u offset=16
            if (result i32)
                i32.const -1
                i32.const {RESULT} i32.load8_u offset=24
                i32.sub
            else
                i32.const {RESULT} i32.load offset=24
            end)
        (func $body (param $response i32) (result i32)
            local.get $response i32.const {RESULT}
            call {{wasi:http/types@0.2.4#[method]incoming-response.consume}}
            i32.const {RESULT} i32.load offset=4
            i32.const {RESULT}
            call {{wasi:http/types@0.2.4#[method]incoming-body.stream}}
            i32.const {RESULT} i32.load offset=4)
        (func $wait (param $milliseconds i64) (local $ready i32)
            local.get $milliseconds i64.const 1000000 i64.mul
            call {{wasi:clocks/monotonic-clock@0.2.4#subscribe-duration}}
            local.tee $ready
            call {{wasi:io/poll@0.2.4#[method]pollable.block}}
            local.get $ready
            call {{wasi:io/poll@0.2.4#[resource-drop]pollable}})
        "#
    )
}
