//! Gateways that misbehave, and the built component that talks to them: each
//! call ends with an error of its own kind, and a neighbour's calls go on.

use super::neighbour::Neighbour;
use provider_host::Timeouts;
use provider_host::contract::types::{CallOptions, ErrorKind};
use provider_host::egress::resolver::Addresses;
use provider_host::egress::{AddressScope, EgressPolicy, Resolver};
use provider_host::error::{CallError, LimitExceeded};
use provider_host::limits::Limits;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testing::call::{chat_model, listen, once, policy, question};
use testing::provider::{engine, host_on};
use testing::soon;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const STREAM_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const DOCUMENT_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

/// A server that runs `script` on each connection, once a request is in, and
/// then waits until the other side is gone.
async fn gateway<F, R>(script: F) -> SocketAddr
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = Option<TcpStream>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let script = Arc::clone(&script);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(connection.read_u8().await.unwrap());
                }
                if let Some(mut connection) = script(connection).await {
                    while connection
                        .read(&mut [0; 4096])
                        .await
                        .is_ok_and(|length| length > 0)
                    {}
                }
            });
        }
    });
    address
}

/// Says `text`, if anybody listens.
async fn says(mut connection: TcpStream, text: &str) -> Option<TcpStream> {
    let said = connection.write_all(text.as_bytes()).await;
    said.is_ok().then_some(connection)
}

/// Says `head`, and then `piece` over and over, after a pause each time.
async fn goes_on(
    connection: TcpStream,
    head: &str,
    piece: &str,
    pause: Duration,
) -> Option<TcpStream> {
    let mut connection = says(connection, head).await?;
    loop {
        tokio::time::sleep(pause).await;
        connection = says(connection, piece).await?;
    }
}

/// How a call ends, while a neighbour looks on: once asked for as a whole, and
/// once as a stream.
struct Ended {
    whole: CallError,
    streamed: CallError,
}

async fn ended(address: SocketAddr, limits: Limits, options: &CallOptions) -> Ended {
    let host = host_on(engine(8));
    let neighbour = Neighbour::on(host.engine()).await;
    let endpoint = format!("http://{address}/v1");
    let tenant = Tenant::new(&host, policy("victim", limits, &endpoint)).unwrap();
    let model = chat_model(&endpoint, "the victim's key");
    let question = question("hello");

    let whole = soon(tenant.generate(&model, &question, options)).await;
    let whole = whole.expect_err("a failure");
    let streamed = soon(async {
        let mut stream = tenant.generate_stream(&model, &question, options).await?;
        while stream.next_events().await.transpose()?.is_some() {}
        Ok(())
    })
    .await;
    let streamed: CallError = streamed.expect_err("a failure");

    neighbour.goes_on().await;
    assert_eq!(host.engine().live_instances(), 0);
    Ended { whole, streamed }
}

fn kind_of(error: &CallError) -> ErrorKind {
    match error {
        CallError::Provider(error) => error.kind.clone(),
        other => panic!("{other:?}"),
    }
}

fn breach_of(error: &CallError) -> LimitExceeded {
    match error {
        CallError::LimitExceeded(limit_exceeded) => *limit_exceeded,
        other => panic!("{other:?}"),
    }
}

fn hurried() -> CallOptions {
    CallOptions {
        timeouts: Timeouts {
            first_byte_ms: Some(500),
            between_bytes_ms: Some(500),
            ..Timeouts::default()
        },
        ..once()
    }
}

#[tokio::test]
async fn endless_headers_end_at_the_tenant_s_limit() {
    let line = format!("x-more: {}\r\n", "x".repeat(1_000));
    let address = gateway(move |connection| {
        let line = line.clone();
        async move { goes_on(connection, "HTTP/1.1 200 OK\r\n", &line, Duration::ZERO).await }
    })
    .await;
    let ended = ended(address, Limits::default(), &once()).await;
    let limit = Limits::default().response_head_bytes;
    assert_eq!(
        breach_of(&ended.whole),
        LimitExceeded::ResponseHead { limit }
    );
    assert_eq!(
        breach_of(&ended.streamed),
        LimitExceeded::ResponseHead { limit }
    );
}

#[tokio::test]
async fn a_head_that_drips_is_a_timeout() {
    let address = gateway(async |connection| {
        goes_on(
            connection,
            "HTTP/1.1 200 OK\r\n",
            "x",
            Duration::from_millis(50),
        )
        .await
    })
    .await;
    let ended = ended(address, Limits::default(), &hurried()).await;
    assert_eq!(kind_of(&ended.whole), ErrorKind::Timeout);
    assert_eq!(kind_of(&ended.streamed), ErrorKind::Timeout);
}

#[tokio::test]
async fn heads_that_promise_a_response_for_ever_are_a_timeout() {
    let address = gateway(async |connection| {
        let promise = "HTTP/1.1 102 Processing\r\n\r\n";
        goes_on(connection, promise, promise, Duration::from_millis(1)).await
    })
    .await;
    let ended = ended(address, Limits::default(), &hurried()).await;
    assert_eq!(kind_of(&ended.whole), ErrorKind::Timeout);
    assert_eq!(kind_of(&ended.streamed), ErrorKind::Timeout);
}

#[tokio::test]
async fn an_endless_response_ends_at_the_tenant_s_limit() {
    let limits = Limits::default().with_response_bytes(1 << 20);
    // White space, which a document may begin with.
    let blanks = format!("1000\r\n{}\r\n", " ".repeat(4_096));
    let address = gateway(move |connection| {
        let blanks = blanks.clone();
        async move { goes_on(connection, DOCUMENT_HEAD, &blanks, Duration::ZERO).await }
    })
    .await;
    let ended = ended(address, limits, &once()).await;
    let limit_exceeded = LimitExceeded::ResponseBytes { limit: 1 << 20 };
    assert_eq!(breach_of(&ended.whole), limit_exceeded);
    assert_eq!(breach_of(&ended.streamed), limit_exceeded);
}

#[tokio::test]
async fn an_endless_answer_ends_at_the_tenant_s_limit() {
    let limits = Limits::default().with_response_bytes(64 << 10);
    let event = r#"data: {"choices":[{"index":0,"delta":{"content":"more "}}]}"#;
    let piece = format!("{:x}\r\n{event}\n\n\r\n", event.len() + 2);
    let address = gateway(move |connection| {
        let piece = piece.clone();
        async move { goes_on(connection, STREAM_HEAD, &piece, Duration::ZERO).await }
    })
    .await;
    let ended = ended(address, limits, &once()).await;
    let limit_exceeded = LimitExceeded::ResponseBytes { limit: 64 << 10 };
    assert_eq!(breach_of(&ended.streamed), limit_exceeded);
    assert_eq!(breach_of(&ended.whole), limit_exceeded);
}

#[tokio::test]
async fn a_response_that_says_it_is_endless_is_not_begun() {
    let address = gateway(async |connection| {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n";
        says(connection, head).await
    })
    .await;
    let ended = ended(address, Limits::default(), &once()).await;
    let limit = Limits::default().response_bytes;
    assert_eq!(
        breach_of(&ended.whole),
        LimitExceeded::ResponseBytes { limit }
    );
    assert_eq!(
        breach_of(&ended.streamed),
        LimitExceeded::ResponseBytes { limit }
    );
}

#[tokio::test]
async fn an_answer_that_drips_ends_with_the_deadline() {
    // An event now and then, which is never too long a pause.
    let event = r#"data: {"choices":[{"index":0,"delta":{"content":"more "}}]}"#;
    let piece = format!("{:x}\r\n{event}\n\n\r\n", event.len() + 2);
    let address = gateway(move |connection| {
        let piece = piece.clone();
        async move { goes_on(connection, STREAM_HEAD, &piece, Duration::from_millis(100)).await }
    })
    .await;
    let limits = Limits::default().with_deadline(Duration::from_secs(2));
    let begun = Instant::now();
    let ended = ended(address, limits, &hurried()).await;
    for error in [&ended.whole, &ended.streamed] {
        assert!(
            matches!(error, CallError::DeadlineExceeded { .. }),
            "{error:?}"
        );
    }
    assert!(begun.elapsed() < Duration::from_secs(25));
}

#[tokio::test]
async fn a_byte_now_and_then_is_no_response() {
    for head in [STREAM_HEAD, DOCUMENT_HEAD] {
        let address = gateway(move |connection| {
            goes_on(connection, head, "1\r\nx\r\n", Duration::from_millis(100))
        })
        .await;
        let limits = Limits::default().with_deadline(Duration::from_secs(2));
        let ended = ended(address, limits, &hurried()).await;
        for error in [&ended.whole, &ended.streamed] {
            match error {
                CallError::DeadlineExceeded { .. } => {}
                other => assert_eq!(kind_of(other), ErrorKind::Timeout),
            }
        }
    }
}

#[tokio::test]
async fn a_stream_of_nothing_but_comments_is_a_timeout() {
    let comment = ": keep-alive\n\n";
    let piece = format!("{:x}\r\n{comment}\r\n", comment.len());
    let address = gateway(move |connection| {
        let piece = piece.clone();
        async move { goes_on(connection, STREAM_HEAD, &piece, Duration::from_millis(50)).await }
    })
    .await;
    let ended = ended(address, Limits::default(), &hurried()).await;
    assert_eq!(kind_of(&ended.streamed), ErrorKind::Timeout);
    assert_eq!(kind_of(&ended.whole), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_reset_is_a_broken_response() {
    let address = gateway(async |connection| {
        let connection = says(connection, &format!("{STREAM_HEAD}5\r\nda")).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        connection.set_zero_linger().unwrap();
        None
    })
    .await;
    let ended = ended(address, Limits::default(), &once()).await;
    assert_eq!(kind_of(&ended.whole), ErrorKind::Protocol);
    assert_eq!(kind_of(&ended.streamed), ErrorKind::Protocol);
}

#[tokio::test]
async fn impossible_sizes_of_chunks_are_a_broken_response() {
    for size in [
        "ffffffffffffffff",
        "10000000000000000",
        "-1",
        "0x5",
        "",
        "7fffffffffffffff",
    ] {
        let chunk = format!("{STREAM_HEAD}{size}\r\ndata");
        let address = gateway(move |connection| {
            let chunk = chunk.clone();
            async move {
                let mut connection = says(connection, &chunk).await?;
                connection.shutdown().await.ok()?;
                Some(connection)
            }
        })
        .await;
        let ended = ended(address, Limits::default(), &once()).await;
        assert_eq!(kind_of(&ended.whole), ErrorKind::Protocol, "{size}");
        assert_eq!(kind_of(&ended.streamed), ErrorKind::Protocol, "{size}");
    }
}

#[tokio::test]
async fn endless_trailers_are_a_broken_response() {
    let line = format!("x-more: {}\r\n", "x".repeat(1_000));
    let address = gateway(move |connection| {
        let line = line.clone();
        async move {
            let head = format!("{STREAM_HEAD}0\r\n");
            goes_on(connection, &head, &line, Duration::ZERO).await
        }
    })
    .await;
    let ended = ended(address, Limits::default(), &once()).await;
    assert_eq!(kind_of(&ended.whole), ErrorKind::Protocol);
    assert_eq!(kind_of(&ended.streamed), ErrorKind::Protocol);
}

#[tokio::test]
async fn a_redirect_to_a_metadata_service_is_not_followed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let address = gateway({
        let asked = Arc::clone(&asked);
        move |connection| {
            asked.fetch_add(1, Ordering::Relaxed);
            async move {
                let head = "HTTP/1.1 307 Temporary Redirect\r\n\
                    location: http://169.254.169.254/latest/meta-data/\r\n\
                    connection: close\r\ncontent-length: 0\r\n\r\n";
                says(connection, head).await
            }
        }
    })
    .await;
    let ended = ended(address, Limits::default(), &once()).await;
    for error in [&ended.whole, &ended.streamed] {
        let CallError::Provider(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.status, Some(307), "{error:?}");
        assert!(error.request_sent);
    }
    assert!(asked.load(Ordering::Relaxed) <= 2);
}

/// A name that is this machine's at first, and a metadata service's then.
struct Rebinding {
    lookups: AtomicUsize,
}

impl Resolver for Rebinding {
    fn resolve<'a>(&'a self, _: &'a str) -> Addresses<'a> {
        let address = match self.lookups.fetch_add(1, Ordering::Relaxed) {
            0 => [127, 0, 0, 1],
            _ => [169, 254, 169, 254],
        };
        Box::pin(async move { Ok(vec![IpAddr::from(address)]) })
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_looked_at_again() {
    let body = r#"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hello"}}]}"#;
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let address = gateway({
        let asked = Arc::clone(&asked);
        move |connection| {
            asked.fetch_add(1, Ordering::Relaxed);
            let response = response.clone();
            async move {
                let mut connection = says(connection, &response).await?;
                connection.shutdown().await.ok()?;
                Some(connection)
            }
        }
    })
    .await;
    let host = host_on(engine(8));
    let neighbour = Neighbour::on(host.engine()).await;
    let endpoint = format!("http://gateway.example.com:{}/v1", address.port());
    let egress = EgressPolicy::for_endpoint(&endpoint)
        .unwrap()
        .with_scope(AddressScope::PublicAndPrivate);
    let resolver = Arc::new(Rebinding {
        lookups: AtomicUsize::new(0),
    });
    let policy =
        TenantPolicy::new("victim", host.limits(), egress).with_resolver(Arc::clone(&resolver));
    let tenant = Tenant::new(&host, policy).unwrap();
    let model = chat_model(&endpoint, "the victim's key");

    let first = soon(testing::call::ask(&tenant, &model, "hello")).await;
    assert_eq!(first.unwrap(), "hello");
    let second = soon(listen(&tenant, &model, "hello")).await.unwrap_err();
    assert_eq!(kind_of(&second), ErrorKind::Connection);
    let CallError::Provider(second) = second else {
        unreachable!()
    };
    assert!(!second.request_sent);
    assert_eq!(resolver.lookups.load(Ordering::Relaxed), 2);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    neighbour.goes_on().await;
}
