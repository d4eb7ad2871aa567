//! A chat model on a real socket that says what it was told, so that every
//! answer can be told from every other; and who asked over which connection.

use http::header::AUTHORIZATION;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What stands before the words that are said back.
pub const PREFIX: &str = "You said: ";

/// A running server; dropping it closes the port.
pub struct Echo {
    address: SocketAddr,
    heard: Arc<Heard>,
    serving: JoinHandle<()>,
}

/// The keys that came over each connection, and how many requests.
#[derive(Default)]
struct Heard {
    keys: Mutex<BTreeMap<usize, BTreeSet<String>>>,
}

impl Echo {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Heard::default());
        let serving = tokio::spawn(serve(listener, Arc::clone(&heard)));
        Self {
            address,
            heard,
            serving,
        }
    }

    /// The base URL of its API.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The keys that came over each connection so far.
    #[must_use]
    pub fn keys_by_connection(&self) -> Vec<BTreeSet<String>> {
        let keys = self.heard.keys.lock().unwrap();
        keys.values().cloned().collect()
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, heard: Arc<Heard>) {
    let mut connections = tokio::task::JoinSet::new();
    for connection in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let heard = Arc::clone(&heard);
        let service = service_fn(move |request| answer(request, connection, Arc::clone(&heard)));
        connections.spawn(async move {
            let http = hyper::server::conn::http1::Builder::new();
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(
    request: http::Request<Incoming>,
    connection: usize,
    heard: Arc<Heard>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let key = request.headers().get(AUTHORIZATION);
    let key = key.map_or("", |key| key.to_str().unwrap()).to_owned();
    let words = heard_words(request).await;
    let mut keys = heard.keys.lock().unwrap();
    keys.entry(connection).or_default().insert(key.clone());
    drop(keys);
    Ok(match words {
        Some((words, false)) => response("application/json", whole(&key, &words).to_string()),
        Some((words, true)) => response("text/event-stream", streamed(&key, &words)),
        // The caller left in the middle of its request.
        None => response("text/plain", String::new()),
    })
}

/// The last message, and whether the answer is to be streamed.
async fn heard_words(request: http::Request<Incoming>) -> Option<(String, bool)> {
    let body = request.into_body().collect().await.ok()?.to_bytes();
    let body: Value = serde_json::from_slice(&body).ok()?;
    let words = body["messages"].as_array()?.last()?["content"].as_str()?;
    Some((words.to_owned(), body["stream"] == true))
}

fn response(media_type: &str, body: String) -> http::Response<Full<Bytes>> {
    http::Response::builder()
        .header("content-type", media_type)
        .body(Full::from(body))
        .unwrap()
}

/// The response's id holds the key: what a tenant is told of its response can be
/// told from what others are told.
fn whole(key: &str, words: &str) -> Value {
    json!({
        "id": key,
        "model": "echo",
        "choices": [{
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": format!("{PREFIX}{words}")},
        }],
    })
}

fn streamed(key: &str, words: &str) -> String {
    let chunk = |delta: Value, finish: Value| {
        let chunk = json!({
            "id": key,
            "model": "echo",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        format!("data: {chunk}\n\n")
    };
    chunk(json!({"role": "assistant", "content": PREFIX}), Value::Null)
        + &chunk(json!({"content": words}), Value::Null)
        + &chunk(json!({}), json!("stop"))
        + "data: [DONE]\n\n"
}
