//! Components that misbehave with HTTP: where they may not go, what they may
//! not say, and how much.

use super::guest::{ESTIMATE, Guest, any_request};
use super::http_guest::functions;
use super::neighbour::Neighbour;
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::host::ProviderHost;
use provider_host::limits::Limits;
use provider_host::report::CallReport;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testing::call::policy;
use testing::soon;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// `error-code` of wasi:http, by the order of its cases.
const DESTINATION_IP_PROHIBITED: u64 = 4;
const HTTP_REQUEST_DENIED: u64 = 15;

/// A component whose `estimate-tokens` answers with what `body` leaves.
fn answering(authority: &str, body: &str) -> ProviderHost {
    Guest::new()
        .more(&functions(authority))
        .body(ESTIMATE, body)
        .host()
}

/// What the component answers, and what the host wrote down, while a
/// neighbour looks on.
async fn answer(host: &ProviderHost, policy: TenantPolicy) -> (Result<u64, CallError>, CallReport) {
    let neighbour = Neighbour::on(host.engine()).await;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let reports = Arc::clone(&reports);
        move |report: &CallReport| reports.lock().unwrap().push(report.clone())
    };
    let policy = policy.with_observer(observer);
    let tenant = Tenant::new(host, policy).unwrap();
    let answer = soon(tenant.estimate_tokens(&any_request())).await;
    neighbour.goes_on().await;
    let report = reports.lock().unwrap().pop().expect("a report");
    (answer, report)
}

/// A tenant that may connect to nothing.
fn secluded() -> TenantPolicy {
    TenantPolicy::new("hostile", Limits::default(), EgressPolicy::deny_all())
}

fn local(address: SocketAddr, limits: Limits) -> TenantPolicy {
    policy("hostile", limits, &format!("http://{address}"))
}

/// A server that says nothing, and tells of connections, and of their ends.
struct Silence {
    address: SocketAddr,
    opened: Arc<Mutex<usize>>,
    closed: Arc<Mutex<usize>>,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Silence {
    async fn start(response: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let silence = Self {
            address: listener.local_addr().unwrap(),
            opened: Arc::default(),
            closed: Arc::default(),
            heard: Arc::default(),
        };
        let opened = Arc::clone(&silence.opened);
        let closed = Arc::clone(&silence.closed);
        let heard = Arc::clone(&silence.heard);
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                *opened.lock().unwrap() += 1;
                let closed = Arc::clone(&closed);
                let heard = Arc::clone(&heard);
                tokio::spawn(async move {
                    let _ = connection.write_all(response.as_bytes()).await;
                    let mut piece = vec![0; 64 << 10];
                    while let Ok(length) = connection.read(&mut piece).await {
                        if length == 0 {
                            break;
                        }
                        heard.lock().unwrap().extend(&piece[..length]);
                    }
                    *closed.lock().unwrap() += 1;
                });
            }
        });
        silence
    }

    fn opened(&self) -> usize {
        *self.opened.lock().unwrap()
    }

    async fn all_are_closed(&self) {
        soon(async {
            while *self.closed.lock().unwrap() < self.opened() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_address_that_is_not_the_tenant_s_is_never_connected_to() {
    let silence = Silence::start("").await;
    let address = silence.address;
    let code = "i32.const -1 call $send call $response i32.sub i64.extend_i32_u";
    let host = answering(&address.to_string(), code);

    let elsewhere = policy("hostile", Limits::default(), "http://127.0.0.1:1");
    let (code, report) = answer(&host, elsewhere).await;
    assert_eq!(code.unwrap(), HTTP_REQUEST_DENIED);
    assert_eq!(report.request_bytes, 0);

    let public = EgressPolicy::for_endpoint(&format!("http://{address}"));
    let public = TenantPolicy::new("hostile", Limits::default(), public.unwrap());
    let (code, _) = answer(&host, public).await;
    assert_eq!(code.unwrap(), DESTINATION_IP_PROHIBITED);
    assert_eq!(silence.opened(), 0);
}

#[tokio::test]
async fn an_address_in_disguise_is_never_connected_to() {
    let silence = Silence::start("").await;
    let port = silence.address.port();
    let code = "i32.const -1 call $send call $response i32.sub i64.extend_i32_u";
    for name in [
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "user@127.0.0.1",
    ] {
        let host = answering(&format!("{name}:{port}"), code);
        let (code, report) = answer(&host, local(silence.address, Limits::default())).await;
        // Either the authority is refused as it is set, or the request.
        assert!(code.is_err() || code.unwrap() > 0, "{name}");
        assert_eq!(report.request_bytes, 0, "{name}");
    }
    assert_eq!(silence.opened(), 0);
}

#[tokio::test]
async fn fields_that_steer_the_connection_cannot_be_set() {
    // 1 more than `header-error.forbidden`, the second case.
    const FORBIDDEN: u64 = 2;
    for (name, expected) in [
        ("connection", FORBIDDEN),
        ("Keep-Alive", FORBIDDEN),
        ("proxy-authenticate", FORBIDDEN),
        ("Proxy-Authorization", FORBIDDEN),
        ("Transfer-Encoding", FORBIDDEN),
        ("upgrade", FORBIDDEN),
        ("HTTP2-Settings", FORBIDDEN),
        // By which a gateway routes: the egress policy decides on it.
        ("host", 0),
        ("authorization", 0),
    ] {
        let body = format!(
            "call $headers i32.const 4096 i32.const {} i32.const 4096 i32.const 1
             call $append i64.extend_i32_u",
            name.len()
        );
        let host = Guest::new()
            .more(&functions("127.0.0.1:1"))
            .more(&format!(r#"(data (i32.const 4096) "{name}")"#))
            .body(ESTIMATE, body)
            .host();
        let (answer, _) = answer(&host, secluded()).await;
        assert_eq!(answer.unwrap(), expected, "{name}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_the_tenant_s_is_never_asked_for() {
    let silence = Silence::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let host = Guest::new()
        .more(&functions(&silence.address.to_string()))
        .more(r#"(data (i32.const 4096) "host") (data (i32.const 4112) "console.internal")"#)
        .body(
            ESTIMATE,
            "(local $fields i32)
             call $headers local.set $fields
             local.get $fields i32.const 4096 i32.const 4 i32.const 4112 i32.const 16
             call $append drop
             i32.const -1
             local.get $fields i32.const 0 call $request call $handle call $response
             i32.sub i64.extend_i32_s",
        )
        .host();
    let policy = || local(silence.address, Limits::default());
    let (code, _) = answer(&host, policy()).await;
    assert_eq!(code.unwrap(), HTTP_REQUEST_DENIED);
    assert_eq!(silence.opened(), 0);

    let egress = policy().egress.with_virtual_host("console.internal");
    let allowed = policy().with_egress(egress);
    let (_, report) = answer(&host, allowed).await;
    assert_eq!(report.requests, 1);
    assert!(report.first_byte.is_some());
}

#[tokio::test]
async fn what_a_request_is_made_of_is_short() {
    // They are kept outside of the component's memory.
    for (body, expected) in [
        (
            // An authority of 1 MiB is refused.
            "call $headers i32.const 0 call $request
             i32.const 1 i32.const 8192 i32.const 1048576
             call {wasi:http/types@0.2.4#[method]outgoing-request.set-authority}
             i64.extend_i32_u",
            1,
        ),
        (
            // So is a method.
            "call $headers i32.const 0 call $request
             i32.const 9 i32.const 8192 i32.const 1048576
             call {wasi:http/types@0.2.4#[method]outgoing-request.set-method}
             i64.extend_i32_u",
            1,
        ),
        (
            // And of a body no more is taken at once.
            "call $headers i32.const 2 call $request i32.const 2048
             call {wasi:http/types@0.2.4#[method]outgoing-request.body}
             i32.const 2048 i32.load offset=4 i32.const 2048
             call {wasi:http/types@0.2.4#[method]outgoing-body.write}
             i32.const 2048 i32.load offset=4 i32.const 2048
             call {wasi:io/streams@0.2.4#[method]output-stream.check-write}
             i32.const 2048 i64.load offset=8",
            64 << 10,
        ),
    ] {
        let host = Guest::new()
            .pages(32)
            .more(&functions("127.0.0.1:1"))
            .more("(data (i32.const 8192) \"aaaa\")")
            .body(ESTIMATE, body)
            .host();
        let (answer, _) = answer(&host, secluded()).await;
        assert_eq!(answer.unwrap(), expected, "{body}");
    }
}

#[tokio::test]
async fn a_response_to_nobody_is_a_trap() {
    let host = answering(
        "127.0.0.1:1",
        "call $headers call {wasi:http/types@0.2.4#[constructor]outgoing-response} i64.extend_i32_u",
    );
    let (error, _) = answer(&host, secluded()).await;
    assert!(matches!(error, Err(CallError::Trap { .. })), "{error:?}");
}

#[tokio::test]
async fn a_denied_field_does_not_leave_in_trailers() {
    let silence = Silence::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    // Announces a trailer, and puts a denied one beside it.
    let host = Guest::new()
        .more(&functions(&silence.address.to_string()))
        .more(
            r#"(data (i32.const 4096) "trailer") (data (i32.const 4112) "x-sum")
               (data (i32.const 4128) "connection") (data (i32.const 4144) "smuggled")"#,
        )
        .body(
            ESTIMATE,
            r"(local $request i32) (local $body i32) (local $trailers i32) (local $denied i32)
              (local $future i32)
              call $headers local.set $trailers
              local.get $trailers i32.const 4096 i32.const 7 i32.const 4112 i32.const 5
              call $append drop
              local.get $trailers i32.const 2 call $request local.set $request
              local.get $request i32.const 2048
              call {wasi:http/types@0.2.4#[method]outgoing-request.body}
              i32.const 2048 i32.load offset=4 local.set $body
              local.get $request call $handle local.set $future
              call $headers local.set $trailers
              local.get $trailers i32.const 4128 i32.const 10 i32.const 4144 i32.const 8
              call $append local.set $denied
              local.get $trailers i32.const 4112 i32.const 5 i32.const 4144 i32.const 1
              call $append drop
              local.get $body i32.const 1 local.get $trailers i32.const 2048
              call {wasi:http/types@0.2.4#[static]outgoing-body.finish}
              local.get $future call $response drop
              local.get $denied i64.extend_i32_u",
        )
        .host();
    let (denied, report) = answer(&host, local(silence.address, Limits::default())).await;
    assert_eq!(denied.unwrap(), 2, "the field should have been forbidden");
    assert_eq!(report.requests, 1);
    let heard = String::from_utf8(silence.heard.lock().unwrap().clone()).unwrap();
    assert!(heard.starts_with("POST / HTTP/1.1\r\n"), "{heard}");
    assert!(heard.ends_with("0\r\nx-sum: s\r\n\r\n"), "{heard}");
    assert!(!heard.contains("smuggled"), "{heard}");
}

#[tokio::test]
async fn a_response_that_is_never_read_ends_with_the_deadline() {
    let silence = Silence::start("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nendless").await;
    let host = answering(
        &silence.address.to_string(),
        "call $send call $response call $body drop i64.const 60000 call $wait i64.const 0",
    );
    let limits = Limits::default().with_deadline(Duration::from_millis(500));
    let (ended, report) = answer(&host, local(silence.address, limits)).await;
    assert!(
        matches!(ended, Err(CallError::DeadlineExceeded { .. })),
        "{ended:?}"
    );
    assert_eq!(report.requests, 1);
    assert!(report.first_byte.is_some());
    silence.all_are_closed().await;
}

#[tokio::test]
async fn requests_that_are_dropped_early_leave_nothing_behind() {
    let silence = Silence::start("").await;
    let host = answering(
        &silence.address.to_string(),
        "(local $sent i64)
         loop
            call $send
            i64.const 1 call $wait
            call {wasi:http/types@0.2.4#[resource-drop]future-incoming-response}
            local.get $sent i64.const 1 i64.add local.tee $sent
            i64.const 200 i64.lt_u br_if 0
         end
         local.get $sent",
    );
    let (sent, report) = answer(&host, local(silence.address, Limits::default())).await;
    assert_eq!(sent.unwrap(), 200);
    assert_eq!(report.requests, 200);
    silence.all_are_closed().await;
}

#[tokio::test]
async fn a_flood_of_requests_ends_at_the_tenant_s_limit() {
    let silence = Silence::start("").await;
    let host = answering(
        &silence.address.to_string(),
        "(local $sent i64)
         loop
            call $send drop
            local.get $sent i64.const 1 i64.add local.tee $sent
            i64.const 200 i64.lt_u br_if 0
         end
         i64.const 500 call $wait
         local.get $sent",
    );
    let limits = Limits::default().with_requests(20);
    let (tried, report) = answer(&host, local(silence.address, limits)).await;
    assert_eq!(tried.unwrap(), 200);
    assert_eq!(report.requests, 20);
    assert!(silence.opened() <= 20, "{}", silence.opened());
    silence.all_are_closed().await;
}

#[tokio::test]
async fn requests_at_one_time_end_at_the_tenant_s_limit() {
    let silence = Silence::start("").await;
    let host = answering(
        &silence.address.to_string(),
        "(local $sent i64)
         loop
            call $send drop
            local.get $sent i64.const 1 i64.add local.tee $sent
            i64.const 100 i64.lt_u br_if 0
         end
         i64.const 500 call $wait
         local.get $sent",
    );
    let limits = Limits::default().with_concurrent_requests(5);
    let (tried, _) = answer(&host, local(silence.address, limits)).await;
    assert_eq!(tried.unwrap(), 100);
    assert_eq!(silence.opened(), 5);
    silence.all_are_closed().await;
}

#[tokio::test]
async fn an_endless_request_ends_at_the_tenant_s_limit() {
    let silence = Silence::start("").await;
    // Writes 4 KiB at a time, until it is told that nobody listens.
    let host = answering(
        &silence.address.to_string(),
        "(local $request i32) (local $stream i32) (local $written i64)
         call $headers i32.const 2 call $request local.set $request
         local.get $request i32.const 2048
         call {wasi:http/types@0.2.4#[method]outgoing-request.body}
         i32.const 2048 i32.load offset=4 i32.const 2048
         call {wasi:http/types@0.2.4#[method]outgoing-body.write}
         i32.const 2048 i32.load offset=4 local.set $stream
         local.get $request call $handle drop
         loop
            local.get $stream i64.const 4096 i32.const 2048
            call {wasi:io/streams@0.2.4#[method]output-stream.blocking-write-zeroes-and-flush}
            local.get $written i64.const 4096 i64.add local.set $written
            i32.const 2048 i32.load8_u i32.eqz br_if 0
         end
         local.get $written",
    );
    let limits = Limits::default().with_request_bytes(1 << 20);
    let (written, report) = answer(&host, local(silence.address, limits)).await;
    let written = written.unwrap();
    assert!(written >= 1 << 20, "{written}");
    assert!(written <= 2 << 20, "{written}");
    assert!(report.request_bytes <= 2 << 20, "{}", report.request_bytes);
    silence.all_are_closed().await;
    let heard = silence.heard.lock().unwrap().len();
    assert!(heard <= (1 << 20) + (64 << 10), "{heard}");
}
