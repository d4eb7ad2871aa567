//! A plain HTTP client, and gateways for it.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use mock_gateway::{Backend, Chat, Gateway, GatewayConfig, MockResponse, Route, Script, Upstream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to notice that nothing is sent.
pub(crate) const MOMENT: Duration = Duration::from_millis(50);

pub(crate) async fn timely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("nothing happened for too long")
}

// The client.

pub(crate) type TestClient = Client<HttpConnector, Full<Bytes>>;

pub(crate) fn client() -> TestClient {
    // Without retries: a test must see each response.
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
    /// To compare with [`with_text`].
    pub(crate) fn status_and_text(&self) -> (u16, String) {
        with_text(self.status.as_u16(), self.text())
    }

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

/// A response's status and text.
pub(crate) fn with_text(status: u16, text: &str) -> (u16, String) {
    (status, text.to_owned())
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

pub(crate) fn with_headers<'a>(
    mut request: Request<Full<Bytes>>,
    headers: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> Request<Full<Bytes>> {
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().append(name, value);
    }
    request
}

/// Posts a JSON body on a connection of its own.
pub(crate) async fn post_to(gateway: &Gateway, path: &str, body: &Value) -> Response {
    send(&client(), post(&gateway.url(path), body.to_string())).await
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

pub(crate) async fn routed(route: Route) -> Gateway {
    start(GatewayConfig::new().route(route)).await
}

/// A route to an upstream.
pub(crate) fn route_to(upstream: Upstream) -> Route {
    Route::new("/demo", Backend::Upstream(upstream))
}

/// A route to the strict server of chat completions.
pub(crate) fn chat_route() -> Route {
    route_to(Upstream::OpenAiCompatible)
}

pub(crate) async fn chat_gateway() -> Gateway {
    routed(chat_route()).await
}

pub(crate) async fn gateway_of(chat: Chat) -> Gateway {
    routed(route_to(Upstream::Chat(chat))).await
}

/// A route that responds `served` to whatever its plugins let pass.
pub(crate) fn served_route() -> Route {
    let served = MockResponse::document(StatusCode::OK, "text/plain", "served");
    Route::new("/", Backend::Script(Script::new(served)))
}

pub(crate) async fn scripted(script: Script) -> Gateway {
    routed(Route::new("/", Backend::Script(script))).await
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
