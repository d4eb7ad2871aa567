//! The built component in its sandbox, against servers that are scripted byte
//! by byte. `make component` builds it.

use provider_host::Model;
use provider_host::Timeouts;
use provider_host::contract::text_generation::Event;
use provider_host::contract::types::{CallOptions, ErrorKind, ModelKind};
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::stream::ResponseStream;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testing::call::{once, question, tenant};
use testing::provider::host;
use testing::soon;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

fn local_tenant(address: SocketAddr) -> Tenant {
    tenant(&format!("http://{address}"))
}

/// A tenant that may connect to public addresses alone.
fn public_tenant(endpoint: &str) -> Tenant {
    let egress = EgressPolicy::for_endpoint(endpoint).unwrap();
    Tenant::new(host(), TenantPolicy::new("test", host().limits(), egress)).unwrap()
}

fn model(address: SocketAddr) -> Model {
    signing_model(address, &[])
}

fn signing_model(address: SocketAddr, values: &[(&str, &str)]) -> Model {
    let endpoint = format!("http://{address}/v1");
    testing::call::model(ModelKind::TextGeneration, &endpoint, values)
}

/// A server that runs `script` for its first connection, once a request is
/// in.
async fn server<F, R>(script: F) -> (SocketAddr, JoinHandle<R::Output>)
where
    F: FnOnce(TcpStream) -> R + Send + 'static,
    R: Future + Send,
    R::Output: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let running = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        read_request(&mut connection).await;
        script(connection).await
    });
    (address, running)
}

/// Reads a request. Returns its head, in lower case.
async fn read_request(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.unwrap();
    head
}

fn piece(text: &str) -> String {
    chunk(&format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n"
    ))
}

fn ending() -> String {
    let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    format!("{}0\r\n\r\n", chunk(&format!("{finish}data: [DONE]\n\n")))
}

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

async fn send(connection: &mut TcpStream, text: &str) {
    connection.write_all(text.as_bytes()).await.unwrap();
}

/// Waits until the other side has closed the connection.
async fn closed(connection: &mut TcpStream) {
    let mut rest = [0; 64];
    while !matches!(soon(connection.read(&mut rest)).await, Ok(0) | Err(_)) {}
}

async fn open(address: SocketAddr, options: &CallOptions) -> ResponseStream {
    let tenant = local_tenant(address);
    soon(tenant.generate_stream(&model(address), &question("Why?"), options))
        .await
        .unwrap()
}

fn texts(events: &[Event]) -> Vec<&str> {
    let mut texts = Vec::new();
    for event in events {
        if let Event::Text(text) = event {
            texts.push(text.as_str());
        }
    }
    texts
}

#[tokio::test]
async fn the_provider_describes_itself() {
    let tenant = public_tenant("http://127.0.0.1");
    let provider = soon(tenant.provider()).await.unwrap();
    assert_eq!(provider.name, "higress");
}

#[tokio::test]
async fn a_piece_of_an_answer_arrives_before_the_next_one_is_sent() {
    let (next, mut wanted) = mpsc::channel::<()>(1);
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        for text in ["one", "two", "six"] {
            send(&mut connection, &piece(text)).await;
            wanted.recv().await;
        }
        send(&mut connection, &ending()).await;
    })
    .await;
    let mut answer = open(address, &once()).await;
    for text in ["one", "two", "six"] {
        let events = soon(answer.next_events()).await.unwrap().unwrap();
        assert_eq!(texts(&events), [text], "{events:?}");
        next.send(()).await.unwrap();
    }
    let mut last = Vec::new();
    while let Some(events) = soon(answer.next_events()).await {
        last.extend(events.unwrap());
    }
    assert!(matches!(last.as_slice(), [Event::Finish(_)]), "{last:?}");
    assert!(soon(answer.next_events()).await.is_none());
    let info = soon(answer.metadata()).await.unwrap();
    assert!(info.total_ms.is_some(), "{info:?}");
    soon(server).await.unwrap();
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}{}", piece("one"))).await;
        let begun = Instant::now();
        closed(&mut connection).await;
        begun.elapsed()
    })
    .await;
    let mut answer = open(address, &once()).await;
    soon(answer.next_events()).await.unwrap().unwrap();
    drop(answer);
    let waited = soon(server).await.unwrap();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
}

#[tokio::test]
async fn dropping_a_stream_that_waits_closes_its_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        closed(&mut connection).await;
    })
    .await;
    let mut answer = open(address, &once()).await;
    let waiting = tokio::time::timeout(Duration::from_millis(100), answer.next_events()).await;
    assert!(waiting.is_err());
    drop(answer);
    soon(server).await.unwrap();
}

#[tokio::test]
async fn events_that_nobody_waited_for_are_there_when_they_are_asked_for() {
    let (go_on, mut wanted) = mpsc::channel::<()>(1);
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        wanted.recv().await;
        send(&mut connection, &piece("one")).await;
        closed(&mut connection).await;
    })
    .await;
    let mut answer = open(address, &once()).await;
    let waiting = tokio::time::timeout(Duration::from_millis(100), answer.next_events()).await;
    assert!(waiting.is_err());
    go_on.send(()).await.unwrap();
    // What is known of the response can be asked for in between.
    soon(answer.metadata()).await.unwrap();
    let events = soon(answer.next_events()).await.unwrap().unwrap();
    assert_eq!(events, [Event::Text("one".to_owned())]);
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let tenant = local_tenant(address);
    let (model, request, options) = (model(address), question("Why?"), once());
    let call = tenant.generate(&model, &request, &options);
    let waiting = tokio::time::timeout(Duration::from_millis(300), call).await;
    assert!(waiting.is_err());
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_stalls_is_a_timeout() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}{}", piece("one"))).await;
        closed(&mut connection).await;
    })
    .await;
    let options = CallOptions {
        timeouts: Timeouts {
            between_bytes_ms: Some(200),
            ..Timeouts::default()
        },
        ..once()
    };
    let mut answer = open(address, &options).await;
    soon(answer.next_events()).await.unwrap().unwrap();
    match soon(answer.next_events()).await {
        Some(Err(CallError::Provider(error))) => {
            assert_eq!(error.kind, ErrorKind::Timeout, "{error:?}");
        }
        other => panic!("{other:?}"),
    }
    assert!(soon(answer.next_events()).await.is_none());
}

#[tokio::test]
async fn a_stream_that_is_cut_short_is_a_protocol_error() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}{}", piece("one"))).await;
        connection.shutdown().await.unwrap();
    })
    .await;
    let mut answer = open(address, &once()).await;
    soon(answer.next_events()).await.unwrap().unwrap();
    match soon(answer.next_events()).await {
        Some(Err(CallError::Provider(error))) => {
            assert_eq!(error.kind, ErrorKind::Protocol, "{error:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_the_policy_refuses_is_never_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for tenant in [
        public_tenant(&format!("http://{address}")),
        tenant("http://127.0.0.1:1"),
    ] {
        let call = tenant
            .generate(&model(address), &question("Why?"), &once())
            .await;
        match call {
            Err(CallError::Provider(error)) => assert!(!error.request_sent, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
    let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(accepted.is_err(), "nobody should have connected");
}

#[tokio::test]
async fn calls_of_one_tenant_share_a_connection() {
    let answer = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Because."},"finish_reason":"stop"}]}"#;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
        answer.len()
    );
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &response).await;
        read_request(&mut connection).await;
        send(&mut connection, &response).await;
    })
    .await;
    let tenant = local_tenant(address);
    for _ in 0..2 {
        let (model, request, options) = (model(address), question("Why?"), once());
        let generation = soon(tenant.generate(&model, &request, &options)).await;
        let generation = generation.unwrap();
        assert_eq!(generation.text, "Because.");
        // The connection goes back to the pool by a task of its own.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_guard_that_steps_in_later_is_known_before_the_end() {
    let (next, mut wanted) = mpsc::channel::<()>(1);
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        send(&mut connection, &piece("one")).await;
        wanted.recv().await;
        let guarded = r#"data: {"model":"from-security-guard","choices":[{"index":0,"delta":{"content":"two"}}]}"#;
        send(&mut connection, &chunk(&format!("{guarded}\n\n"))).await;
        wanted.recv().await;
        send(&mut connection, &ending()).await;
    })
    .await;
    let mut answer = open(address, &once()).await;
    for (text, is_guarded) in [("one", false), ("two", true)] {
        let events = soon(answer.next_events()).await.unwrap().unwrap();
        assert_eq!(texts(&events), [text]);
        assert_eq!(
            soon(answer.metadata())
                .await
                .unwrap()
                .gateway
                .is_some_and(|gateway| gateway.guarded),
            is_guarded
        );
        next.send(()).await.unwrap();
    }
    server.await.unwrap();
}

#[tokio::test]
async fn no_two_signed_requests_have_the_same_nonce() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let (mut connection, _) = listener.accept().await.unwrap();
            let head = read_request(&mut connection).await;
            let nonce = head.split("x-ca-nonce: ").nth(1).unwrap();
            nonces.push(nonce.split("\r\n").next().unwrap().to_owned());
            send(&mut connection, &format!("{HEAD}{}", ending())).await;
        }
        nonces
    });
    let key = [
        ("consumer_auth_mode", "hmac"),
        ("hmac_key", "a key"),
        ("hmac_secret", "a secret"),
    ];
    let model = signing_model(address, &key);
    for _ in 0..2 {
        // A tenant of its own for each, and so a connection.
        let call = async {
            local_tenant(address)
                .generate(&model, &question("Why?"), &once())
                .await
        };
        soon(call).await.unwrap();
    }
    let nonces = soon(server).await.unwrap();
    assert_ne!(nonces[0], nonces[1]);
}
