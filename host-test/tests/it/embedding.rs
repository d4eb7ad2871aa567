//! Many texts through the built component, over real sockets: how many
//! requests there are, how many at a time, and what happens when one fails.
//! `make component` builds it.

use provider_host::Model;
use provider_host::Timeouts;
use provider_host::contract::text_embedding::{Request, Response};
use provider_host::contract::types::{CallOptions, Error, ErrorKind, ModelKind};
use provider_host::error::{CallError, LimitExceeded};
use provider_host::limits::Limits;
use provider_host::tenant::Tenant;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testing::call::{once, policy, tenant};
use testing::provider::host;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

fn limited_tenant(address: SocketAddr, limits: Limits) -> Tenant {
    let policy = policy("test", limits, &endpoint(address));
    Tenant::new(host(), policy).unwrap()
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn model(address: SocketAddr, parallel: u32) -> Model {
    let advanced = json!({"embedding_parallel_requests": parallel}).to_string();
    let values = [
        ("embedding_batch_size", "10"),
        ("advanced_options", &advanced),
    ];
    testing::call::model(ModelKind::TextEmbedding, &endpoint(address), &values)
}

/// Texts that are the numbers from 0 on.
fn numbers(count: usize) -> Request {
    Request::new((0..count).map(|number| number.to_string()))
}

/// What a server has seen.
#[derive(Default)]
struct Seen {
    requests: AtomicUsize,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

/// A server that answers a text that is a number with a vector of it, the
/// last text first; and refuses a request that holds `refused`.
async fn server(refused: Option<&'static str>) -> (SocketAddr, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Seen::default());
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, Arc::clone(&shared), refused));
        }
    });
    (address, seen)
}

async fn serve(connection: TcpStream, seen: Arc<Seen>, refused: Option<&str>) {
    let mut connection = BufReader::new(connection);
    while let Some(body) = read_request(&mut connection).await {
        let number = seen.requests.fetch_add(1, Ordering::SeqCst);
        let under_way = seen.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        // Requests overtake each other.
        let pause = 4 + u64::try_from(number * 7 % 13).unwrap();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let texts = body["input"].as_array().unwrap();
        let (status, response) = if texts.iter().any(|text| text.as_str() == refused) {
            let error = json!({"error": {"message": "one text is not allowed", "code": "x"}});
            ("400 Bad Request", error)
        } else {
            ("200 OK", vectors(texts))
        };
        let response = response.to_string();
        let response = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{response}",
            response.len()
        );
        seen.under_way.fetch_sub(1, Ordering::SeqCst);
        if connection.write_all(response.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn vectors(texts: &[Value]) -> Value {
    let item = |(index, text): (usize, &Value)| {
        let number: f64 = text.as_str().unwrap().parse().unwrap_or(-1.0);
        json!({"index": index, "embedding": [number, number / 2.0]})
    };
    let items: Vec<Value> = texts.iter().enumerate().rev().map(item).collect();
    json!({"data": items, "model": "m", "usage": {"total_tokens": texts.len()}})
}

/// The body of the next request, none if the connection has ended.
async fn read_request(connection: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut body = vec![0; content_length(connection).await?];
    connection.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}

/// Reads a head, and what it says of the body.
async fn content_length(connection: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1)?;
    length.split("\r\n").next()?.parse().ok()
}

fn failure(outcome: Result<Response, CallError>) -> Error {
    match outcome {
        Err(CallError::Provider(error)) => *error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_texts_are_embedded_in_order_by_requests_that_overlap() {
    let (address, seen) = server(None).await;
    let embeddings = tenant(&endpoint(address))
        .embed(&model(address, 3), &numbers(2048), &once())
        .await
        .unwrap();
    assert_eq!(embeddings.dimensions, 2);
    assert_eq!(embeddings.values.len(), 2 * 2048);
    for (text, vector) in embeddings.values.chunks(2).enumerate() {
        let number = f32::from(u16::try_from(text).unwrap());
        assert_eq!(vector, [number, number / 2.0]);
    }
    assert_eq!(embeddings.usage.unwrap().total_tokens, Some(2048));
    assert_eq!(seen.requests.load(Ordering::SeqCst), 205);
    assert_eq!(seen.most_under_way.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_call_of_more_requests_than_handles_leaves_none_of_them_behind() {
    let (address, seen) = server(None).await;
    let limits = host().limits().with_handles(100);
    let tenant = limited_tenant(address, limits);
    let embedded = tenant
        .embed(&model(address, 3), &numbers(1_200), &once())
        .await;
    assert_eq!(embedded.unwrap().values.len(), 2_400);
    assert_eq!(seen.requests.load(Ordering::SeqCst), 120);
}

#[tokio::test]
async fn a_call_of_more_requests_than_the_tenant_may_send_is_told_its_limit() {
    let (address, seen) = server(None).await;
    let limits = host().limits().with_requests(5);
    let tenant = limited_tenant(address, limits);
    let embedded = tenant
        .embed(&model(address, 3), &numbers(100), &once())
        .await;
    match embedded {
        Err(CallError::LimitExceeded(limit_exceeded)) => {
            assert_eq!(limit_exceeded, LimitExceeded::Requests { limit: 5 });
        }
        other => panic!("{other:?}"),
    }
    assert!(seen.requests.load(Ordering::SeqCst) <= 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_fails_ends_the_call_with_its_texts_named() {
    let (address, seen) = server(Some("1005")).await;
    let outcome = tenant(&endpoint(address))
        .embed(&model(address, 4), &numbers(2048), &once())
        .await;
    let error = failure(outcome);
    assert_eq!(error.kind, ErrorKind::BadRequest);
    assert!(
        error.message.starts_with("texts 1000 to 1009: "),
        "{error:?}"
    );
    assert!(
        error.message.contains("one text is not allowed"),
        "{error:?}"
    );
    let requests = seen.requests.load(Ordering::SeqCst);
    assert!((101..=108).contains(&requests), "{requests}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_failure_of_the_gateway_is_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        let mut connection = BufReader::new(connection);
        read_request(&mut connection).await.unwrap();
        let refusal =
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 19\r\n\r\nno healthy upstream";
        connection.write_all(refusal.as_bytes()).await.unwrap();
        let body = read_request(&mut connection).await.unwrap();
        let response = vectors(body["input"].as_array().unwrap()).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            response.len()
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(response.as_bytes()).await.unwrap();
    });
    let twice = CallOptions {
        max_retries: Some(1),
        ..once()
    };
    let outcome = tenant(&endpoint(address))
        .embed(&model(address, 1), &numbers(2), &twice)
        .await;
    assert_eq!(outcome.unwrap().values, [0.0, 0.0, 1.0, 0.5]);
    server.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_a_body_that_nobody_reads_is_seen() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        let mut connection = BufReader::with_capacity(1, connection);
        content_length(&mut connection).await.unwrap();
        let refusal =
            "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 17\r\n\r\nPayload Too Large";
        connection.write_all(refusal.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
    });
    let start = Instant::now();
    let text = "word ".repeat(2 << 20);
    let outcome = tenant(&endpoint(address))
        .embed(&model(address, 1), &Request::new([text]), &once())
        .await;
    let error = failure(outcome);
    assert_eq!(
        (error.kind, error.status),
        (ErrorKind::BadRequest, Some(413))
    );
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_body_and_says_nothing_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (_connection, _) = listener.accept().await.unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
    });
    let short = CallOptions {
        timeouts: Timeouts {
            connect_ms: Some(200),
            first_byte_ms: Some(500),
            ..Timeouts::default()
        },
        ..once()
    };
    let text = "word ".repeat(2 << 20);
    let start = Instant::now();
    let outcome = tenant(&endpoint(address))
        .embed(&model(address, 1), &Request::new([text]), &short)
        .await;
    assert_eq!(failure(outcome).kind, ErrorKind::Timeout);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_valid_if_a_vector_comes_back() {
    let (address, _) = server(None).await;
    let info = tenant(&endpoint(address))
        .validate(&model(address, 1), &once())
        .await;
    assert_eq!(info.unwrap().model.as_deref(), Some("m"));
    let (address, _) = server(Some("ping")).await;
    let refused = tenant(&endpoint(address))
        .validate(&model(address, 1), &once())
        .await;
    assert!(matches!(refused, Err(CallError::Provider(error)) if error.status == Some(400)));
}
