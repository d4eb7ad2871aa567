//! Servers that say exactly what a test wants.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use mock_gateway::{Gateway, GatewayConfig};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// The mock gateway, and the runtime that it runs on.
pub(crate) struct MockGateway {
    pub(crate) runtime: Runtime,
    pub(crate) gateway: Gateway,
}

impl MockGateway {
    pub(crate) fn start(config: GatewayConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .worker_threads(1)
            .build()
            .unwrap();
        let gateway = runtime.block_on(Gateway::start(config)).unwrap();
        Self { runtime, gateway }
    }

    /// The file at a URL.
    pub(crate) fn fetch(&self, url: &str) -> Bytes {
        self.runtime.block_on(async {
            let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
            let response = client.get(url.parse().unwrap()).await.unwrap();
            assert!(response.status().is_success(), "{response:?}");
            response.into_body().collect().await.unwrap().to_bytes()
        })
    }
}

/// A server that gives the same bytes in response to every request, and closes
/// the connection.
pub(crate) fn responding(response: impl Into<String>) -> String {
    let response = response.into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            read_request(&connection);
            connection.write_all(response.as_bytes()).unwrap();
        }
    });
    endpoint(address)
}

/// An endpoint where nobody listens.
pub(crate) fn closed() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    endpoint(listener.local_addr().unwrap())
}

fn endpoint(address: SocketAddr) -> String {
    format!("http://{address}/v1")
}

fn read_request(connection: &TcpStream) {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
}

/// A whole response of a known length.
pub(crate) fn document(status: &str, media_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A stream of these events, with its end.
pub(crate) fn stream(events: &[Value]) -> String {
    format!("{}0\r\n\r\n", cut_stream(events))
}

/// A stream of these events that ends in the middle.
pub(crate) fn cut_stream(events: &[Value]) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let chunks: String = events.iter().map(chunk).collect();
    format!("{head}{chunks}")
}

fn chunk(event: &Value) -> String {
    let event = sse(event);
    format!("{:x}\r\n{event}\r\n", event.len())
}

/// One server-sent event; a text stands for itself.
pub(crate) fn sse(event: &Value) -> String {
    match event {
        Value::String(text) => format!("data: {text}\n\n"),
        event => format!("data: {event}\n\n"),
    }
}

/// A chunk of an OpenAI-compatible stream.
pub(crate) fn delta(delta: &Value) -> Value {
    json!({"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]})
}

/// The chunk that says why the answer ended.
pub(crate) fn finish(reason: &str) -> Value {
    json!({"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}
