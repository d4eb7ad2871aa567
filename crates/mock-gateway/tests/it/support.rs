//! A client without tricks, and gateways for it.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use mock_gateway::{Backend, Gateway, GatewayConfig, Route, Script, Upstream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to notice that nothing comes.
pub(crate) const MOMENT: Duration = Duration::from_millis(50);

pub(crate) async fn timely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("nothing happened for too long")
}

// The client.

pub(crate) type TestClient = Client<HttpConnector, Full<Bytes>>;

pub(crate) fn client() -> TestClient {
    // No retry by itself: a test must see what the gateway did.
    Client::builder(TokioExecutor::new())
        .retry_canceled_requests(false)
        .build_http()
}

pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    /// The JSON of each event but the last, which must be `[DONE]`.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let mut data: Vec<&str> = self
            .text()
            .split_terminator("\n\n")
            .map(|event| event.strip_prefix("data: ").expect("an event without data"))
            .collect();
        assert_eq!(data.pop(), Some("[DONE]"));
        data.iter()
            .map(|data| serde_json::from_str(data).unwrap())
            .collect()
    }
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

pub(crate) fn post(url: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(body.into()))
        .unwrap()
}

pub(crate) async fn send(client: &TestClient, request: Request<Full<Bytes>>) -> Response {
    let (head, body) = timely(client.request(request)).await.unwrap().into_parts();
    let body = timely(body.collect()).await.unwrap().to_bytes();
    Response {
        status: head.status,
        headers: head.headers,
        body,
    }
}

pub(crate) async fn next_data(body: &mut Incoming) -> Bytes {
    timely(body.frame())
        .await
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap()
}

/// Sends bytes on a connection of their own and reads until it closes.
pub(crate) async fn raw_exchange(gateway: &Gateway, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut response = Vec::new();
    timely(stream.read_to_end(&mut response)).await.unwrap();
    String::from_utf8(response).unwrap()
}

// The gateways.

pub(crate) async fn start(config: GatewayConfig) -> Gateway {
    Gateway::start(config).await.unwrap()
}

pub(crate) fn upstream_route() -> Route {
    Route::new("/demo", Backend::Upstream(Upstream::OpenAiCompatible))
}

pub(crate) async fn upstream() -> Gateway {
    start(GatewayConfig::new().route(upstream_route())).await
}

pub(crate) async fn scripted(script: Script) -> Gateway {
    start(GatewayConfig::new().route(Route::new("/", Backend::Script(script)))).await
}

pub(crate) fn chat_url(gateway: &Gateway) -> String {
    gateway.url("/demo/v1/chat/completions")
}

pub(crate) fn question(text: &str) -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": text}]})
}

pub(crate) fn with(mut body: Value, extra: Value) -> Value {
    let Value::Object(extra) = extra else {
        panic!("an object was expected")
    };
    body.as_object_mut().unwrap().extend(extra);
    body
}

pub(crate) async fn ask(gateway: &Gateway, body: &Value) -> Response {
    send(&client(), post(&chat_url(gateway), body.to_string())).await
}
