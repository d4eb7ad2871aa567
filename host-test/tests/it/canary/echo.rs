//! A server that repeats what it must not, in the place where a failure has
//! text.

use super::dress::Dress;
use super::secrets::CANARY;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a failing server sends: a response made of the text that it repeats.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) name: &'static str,
    response: fn(&str) -> String,
}

const fn failure(name: &'static str, response: fn(&str) -> String) -> Failure {
    Failure { name, response }
}

pub(crate) const FAILURES: [Failure; 16] = [
    failure("plain text", |echo| {
        document("401 Unauthorized", "text/plain", &format!("no: {echo}"))
    }),
    failure("error object", |echo| {
        let body = json!({"error": {"message": echo, "code": echo, "type": echo}});
        document("400 Bad Request", "application/json", &body.to_string())
    }),
    failure("native error", |echo| {
        let body = json!({"code": echo, "message": echo, "request_id": echo});
        document("500 Oops", "application/json", &body.to_string())
    }),
    failure("web page", |echo| {
        let page = format!("<html><title>{echo}</title><body>{echo}</body></html>");
        document("502 Bad Gateway", "text/html", &page)
    }),
    failure("string to sign", |echo| {
        with_header(
            "400 Bad Request",
            "x-ca-error-message",
            &format!("Server StringToSign:`POST#{echo}#`"),
        )
    }),
    failure("request id", |echo| {
        with_header("429 Too Many Requests", "x-request-id", echo)
    }),
    failure("redirect", |echo| {
        with_header("302 Found", "location", &format!("http://h/?{echo}"))
    }),
    failure("error event", |echo| {
        stream(&format!(
            "data: {}\n\n",
            json!({"error": {"message": echo, "code": echo}})
        ))
    }),
    failure("named error event", |echo| {
        stream(&format!("event: error\ndata: {echo}\n\n"))
    }),
    failure("nonsense event", |echo| {
        stream(&format!("data: <{echo}\n\n"))
    }),
    failure("facts of a stream that is cut", |echo| {
        let chunk = json!({"model": echo, "choices": [{"index": 0, "delta": {"content": "Be"}}]});
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: {echo}\r\nx-higress-fallback-from: {echo}\r\nconnection: close\r\n\r\ndata: {chunk}\n\n"
        )
    }),
    failure("no JSON", |echo| {
        document("200 OK", "application/json", &format!("{{\"{echo}"))
    }),
    failure("JSON of another API", |echo| {
        document(
            "200 OK",
            "application/json",
            &json!({"result": echo}).to_string(),
        )
    }),
    failure("page in place of an answer", |echo| {
        document("200 OK", "text/html", &format!("<p>{echo}</p>"))
    }),
    failure("error cut short", |echo| {
        format!(
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 99999\r\nconnection: close\r\n\r\n{{\"error\":{{\"message\":\"{echo}"
        )
    }),
    failure("nothing in time", |_| String::new()),
];

impl Failure {
    pub(crate) fn named(name: &str) -> Self {
        let found = FAILURES.into_iter().find(|failure| failure.name == name);
        found.unwrap_or_else(|| panic!("no failure is called {name}"))
    }
}

fn document(status: &str, media_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn with_header(status: &str, name: &str, value: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{name}: {value}\r\ncontent-length: 17\r\nconnection: close\r\n\r\nInvalid Signature"
    )
}

fn stream(events: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}"
    )
}

/// A server, and what it was sent.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    signatures: Arc<Mutex<Vec<String>>>,
    was_reached: Arc<AtomicBool>,
}

impl Server {
    /// Repeats the canary and the signature of each request, in this dress.
    pub(crate) async fn start(failure: Failure, dress: Dress) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self::none(listener.local_addr().unwrap());
        let signatures = Arc::clone(&server.signatures);
        let was_reached = Arc::clone(&server.was_reached);
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let head = read_request(&mut connection).await;
            was_reached.store(true, Ordering::SeqCst);
            let mut echo = dress.put_on(CANARY);
            if let Some(signature) = signature(&head) {
                echo = format!("{echo} {}", dress.put_on(&signature));
                signatures.lock().unwrap().push(signature);
            }
            let response = (failure.response)(&echo);
            if response.is_empty() {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            let _ = connection.write_all(response.as_bytes()).await;
        });
        server
    }

    /// No server, but its address.
    pub(crate) fn none(address: SocketAddr) -> Self {
        Self {
            address,
            signatures: Arc::default(),
            was_reached: Arc::default(),
        }
    }

    /// Whether a request came.
    pub(crate) fn was_reached(&self) -> bool {
        self.was_reached.load(Ordering::SeqCst)
    }

    /// An address where nobody listens.
    pub(crate) async fn closed_port() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    }

    /// What must not be found of the signatures.
    pub(crate) fn signatures(&self) -> Vec<String> {
        let signatures = self.signatures.lock().unwrap();
        let bare = signatures.iter().map(|one| one.trim_end_matches('='));
        bare.map(str::to_owned).collect()
    }
}

/// The signature in a request's head, of any scheme.
fn signature(head: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "x-ca-signature" => Some(value.to_owned()),
            "authorization" => {
                let (_, rest) = value.split_once("signature=\"")?;
                Some(rest.trim_end_matches('"').to_owned())
            }
            _ => None,
        }
    })
}

async fn read_request(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_ascii_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap();
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.unwrap();
    head
}
