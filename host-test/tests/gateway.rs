//! The mock gateway over real sockets: what a client sees of it, and what it
//! remembers of a client.

#[path = "gateway/hmac_auth.rs"]
mod hmac_auth;
#[path = "gateway/hmac_auth_apisix.rs"]
mod hmac_auth_apisix;
#[path = "gateway/jwt_auth.rs"]
mod jwt_auth;
#[path = "gateway/limits.rs"]
mod limits;
#[path = "gateway/quota.rs"]
mod quota;
#[path = "gateway/replay_protection.rs"]
mod replay_protection;

use std::future::Future;
use std::num::NonZeroUsize;
use std::time::Duration;

use bytes::Bytes;
use higress_host::gateway::{
    Answer, Authentication, Backend, Chunking, Clock, Ending, Gate, Gateway, GatewayConfig, Grant,
    KeyAuth, KeyAuthFlavour, KeySource, Origin, Outcome, Persona, RecordedRequest, Route, Script,
    ScriptedReply,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to notice that nothing comes.
const MOMENT: Duration = Duration::from_millis(50);

async fn timely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("nothing happened for too long")
}

// The client.

type TestClient = Client<HttpConnector, Full<Bytes>>;

fn client() -> TestClient {
    // No retry by itself: a test must see what the gateway did.
    Client::builder(TokioExecutor::new())
        .retry_canceled_requests(false)
        .build_http()
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Reply {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    /// The JSON of each event but the last, which must be `[DONE]`.
    fn chunks(&self) -> Vec<Value> {
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

fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

fn post(url: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(body.into()))
        .unwrap()
}

async fn send(client: &TestClient, request: Request<Full<Bytes>>) -> Reply {
    let (head, body) = timely(client.request(request)).await.unwrap().into_parts();
    let body = timely(body.collect()).await.unwrap().to_bytes();
    Reply {
        status: head.status,
        headers: head.headers,
        body,
    }
}

async fn next_data(body: &mut Incoming) -> Bytes {
    timely(body.frame())
        .await
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap()
}

/// Sends bytes on a connection of their own and reads until it closes.
async fn raw_exchange(gateway: &Gateway, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut reply = Vec::new();
    timely(stream.read_to_end(&mut reply)).await.unwrap();
    String::from_utf8(reply).unwrap()
}

// The gateways.

async fn start(config: GatewayConfig) -> Gateway {
    Gateway::start(config).await.unwrap()
}

fn persona_route() -> Route {
    Route::new("/demo", Backend::Persona(Persona::OpenAiCompatible))
}

async fn persona() -> Gateway {
    start(GatewayConfig::new().route(persona_route())).await
}

async fn scripted(script: Script) -> Gateway {
    start(GatewayConfig::new().route(Route::new("/", Backend::Script(script)))).await
}

fn chat_url(gateway: &Gateway) -> String {
    gateway.url("/demo/v1/chat/completions")
}

fn question(text: &str) -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": text}]})
}

fn with(mut body: Value, extra: Value) -> Value {
    let Value::Object(extra) = extra else {
        panic!("an object was expected")
    };
    body.as_object_mut().unwrap().extend(extra);
    body
}

async fn ask(gateway: &Gateway, body: &Value) -> Reply {
    send(&client(), post(&chat_url(gateway), body.to_string())).await
}

mod routes {
    use super::*;

    #[tokio::test]
    async fn a_path_without_a_route_is_an_empty_404_of_the_gateway() {
        let gateway = persona().await;
        let reply = send(&client(), get(&gateway.url("/elsewhere"))).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        assert_eq!(reply.headers["server"], "istio-envoy");
        assert_eq!(reply.headers["content-length"], "0");
        assert!(!reply.headers.contains_key("x-envoy-upstream-service-time"));
    }

    #[tokio::test]
    async fn the_longest_prefix_gets_the_request() {
        let route = |prefix, text: &'static str| {
            let answer = Answer::document(StatusCode::OK, "text/plain", text);
            Route::new(prefix, Backend::Script(Script::new(answer)))
        };
        let gateway = start(
            GatewayConfig::new()
                .route(route("/a", "short"))
                .route(route("/a/b", "long")),
        )
        .await;
        assert_eq!(
            send(&client(), get(&gateway.url("/a/b/c"))).await.text(),
            "long"
        );
        assert_eq!(
            send(&client(), get(&gateway.url("/a/bc"))).await.text(),
            "short"
        );
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_with_a_text() {
        let config = GatewayConfig::new()
            .route(persona_route())
            .body_limit_bytes(10);
        let gateway = start(config).await;
        let reply = send(&client(), post(&chat_url(&gateway), "01234567890")).await;
        assert_eq!(
            (reply.status, reply.text()),
            (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
        );
        assert_eq!(reply.headers["content-type"], "text/plain");
    }

    #[tokio::test]
    async fn a_chunked_body_over_the_limit_is_refused_too() {
        let config = GatewayConfig::new()
            .route(persona_route())
            .body_limit_bytes(10);
        let gateway = start(config).await;
        let request = b"POST /demo/v1/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
            transfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n";
        let reply = raw_exchange(&gateway, request).await;
        assert!(reply.starts_with("HTTP/1.1 413 "), "{reply}");
        assert!(reply.ends_with("\r\n\r\nPayload Too Large"), "{reply}");
    }

    #[tokio::test]
    async fn a_head_over_60_kilobytes_is_an_empty_431() {
        let gateway = persona().await;
        let mut request = get(&gateway.url("/demo"));
        let value = HeaderValue::from_str(&"x".repeat(61 * 1024)).unwrap();
        request.headers_mut().insert("x-long", value);
        let reply = send(&client(), request).await;
        assert_eq!(reply.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        assert_eq!(reply.headers["server"], "istio-envoy");
        assert!(reply.body.is_empty());
    }
}

mod response_headers {
    use super::*;

    #[tokio::test]
    async fn times_come_from_the_clock_and_names_are_in_lower_case() {
        let clock = Clock::fixed(784_111_777_123);
        let gateway = start(GatewayConfig::new().route(persona_route()).clock(clock)).await;
        let request = b"GET /demo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let reply = raw_exchange(&gateway, request).await;
        for line in [
            "server: istio-envoy",
            "date: Sun, 06 Nov 1994 08:49:37 GMT",
            "req-arrive-time: 784111777123",
            "resp-start-time: 784111777123",
            "req-cost-time: 0",
            "x-envoy-upstream-service-time: 0",
        ] {
            assert!(
                reply.contains(&format!("\r\n{line}\r\n")),
                "no {line} in {reply}"
            );
        }
    }

    #[tokio::test]
    async fn a_request_identifier_is_echoed_or_made_from_the_seed() {
        let identifier = async |seed| {
            let gateway = start(GatewayConfig::new().seed(seed)).await;
            send(&client(), get(&gateway.url("/"))).await.headers["x-request-id"].clone()
        };
        assert_eq!(identifier(1).await, identifier(1).await);
        assert_ne!(identifier(1).await, identifier(2).await);

        let gateway = persona().await;
        let mut request = get(&gateway.url("/"));
        request
            .headers_mut()
            .insert("x-request-id", HeaderValue::from_static("mine"));
        assert_eq!(
            send(&client(), request).await.headers["x-request-id"],
            "mine"
        );
    }
}

mod key_auth {
    use super::*;

    async fn guarded(method: KeyAuth) -> Gateway {
        let answer = Answer::document(StatusCode::OK, "text/plain", "served");
        let authentication = Authentication::KeyAuth(
            method
                .consumer("alice", "Bearer sk-alice")
                .consumer("bob", "Bearer sk-bob")
                .grant(Grant::Only(vec!["alice".into()])),
        );
        let route = Route::new("/", Backend::Script(Script::new(answer)));
        start(GatewayConfig::new().route(route.authentication(authentication))).await
    }

    async fn in_header(flavour: KeyAuthFlavour) -> Gateway {
        guarded(KeyAuth::new(flavour, KeySource::Header, "authorization").also_named("x-api-key"))
            .await
    }

    async fn call(gateway: &Gateway, headers: &[(&'static str, &'static str)]) -> Reply {
        let mut request = get(&gateway.url("/"));
        for (name, value) in headers {
            request
                .headers_mut()
                .append(*name, HeaderValue::from_static(value));
        }
        send(&client(), request).await
    }

    #[track_caller]
    fn assert_refused(reply: &Reply, status: u16, challenge: &str, text: &str) {
        assert_eq!(reply.status.as_u16(), status);
        assert_eq!(reply.headers["www-authenticate"], challenge);
        assert_eq!(reply.text(), text);
        assert_eq!(reply.headers["content-length"], text.len().to_string());
        assert_eq!(reply.headers.contains_key("content-type"), !text.is_empty());
        assert!(!reply.headers.contains_key("x-envoy-upstream-service-time"));
    }

    #[tokio::test]
    async fn a_known_key_is_served_and_its_consumer_recorded_by_both_flavours() {
        for flavour in [KeyAuthFlavour::Cpp, KeyAuthFlavour::Go] {
            let gateway = in_header(flavour).await;
            let reply = call(&gateway, &[("authorization", "Bearer sk-alice")]).await;
            assert_eq!(reply.text(), "served", "{flavour:?}");
            assert_eq!(gateway.requests()[0].consumer.as_deref(), Some("alice"));
        }
    }

    #[tokio::test]
    async fn a_missing_key_is_refused_with_an_empty_body_by_the_cpp_flavour() {
        let gateway = in_header(KeyAuthFlavour::Cpp).await;
        assert_refused(&call(&gateway, &[]).await, 401, "Key realm=MSE Gateway", "");
    }

    #[tokio::test]
    async fn an_unknown_key_is_refused_with_an_empty_body_by_the_cpp_flavour() {
        let gateway = in_header(KeyAuthFlavour::Cpp).await;
        let reply = call(&gateway, &[("authorization", "Bearer sk-mallory")]).await;
        assert_refused(&reply, 401, "Key realm=MSE Gateway", "");
    }

    #[tokio::test]
    async fn a_key_without_its_prefix_is_unknown() {
        let gateway = in_header(KeyAuthFlavour::Cpp).await;
        let reply = call(&gateway, &[("authorization", "sk-alice")]).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn a_consumer_without_a_grant_is_forbidden_by_the_cpp_flavour() {
        let gateway = in_header(KeyAuthFlavour::Cpp).await;
        let reply = call(&gateway, &[("authorization", "Bearer sk-bob")]).await;
        assert_refused(&reply, 403, "Basic realm=MSE Gateway", "");
    }

    #[tokio::test]
    async fn the_cpp_flavour_takes_any_of_several_keys_and_the_original_authorization() {
        let gateway = in_header(KeyAuthFlavour::Cpp).await;
        let several = [
            ("authorization", "nonsense"),
            ("x-api-key", "Bearer sk-alice"),
        ];
        assert_eq!(call(&gateway, &several).await.status, StatusCode::OK);
        let original = [("x-hi-original-auth", "Bearer sk-alice")];
        assert_eq!(call(&gateway, &original).await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_missing_key_is_refused_with_a_text_by_the_go_flavour() {
        let gateway = in_header(KeyAuthFlavour::Go).await;
        let text = "Request denied by Key Auth check. No Key Authentication information found.";
        assert_refused(
            &call(&gateway, &[]).await,
            401,
            "Key realm=MSE Gateway",
            text,
        );
    }

    #[tokio::test]
    async fn several_keys_are_refused_with_a_text_by_the_go_flavour() {
        let gateway = in_header(KeyAuthFlavour::Go).await;
        let several = [
            ("authorization", "Bearer sk-alice"),
            ("x-api-key", "Bearer sk-alice"),
        ];
        let text = "Request denied by Key Auth check. Multi Key Authentication information found.";
        assert_refused(
            &call(&gateway, &several).await,
            401,
            "Key realm=MSE Gateway",
            text,
        );
    }

    #[tokio::test]
    async fn unknown_keys_and_consumers_without_a_grant_are_forbidden_by_the_go_flavour() {
        let gateway = in_header(KeyAuthFlavour::Go).await;
        let text = "Request denied by Key Auth check. Unauthorized consumer.";
        for key in ["Bearer sk-mallory", "Bearer sk-bob"] {
            let reply = call(&gateway, &[("authorization", key)]).await;
            assert_refused(&reply, 403, "Key realm=MSE Gateway", text);
        }
    }

    #[tokio::test]
    async fn a_key_in_the_query_is_decoded_by_both_flavours() {
        for flavour in [KeyAuthFlavour::Cpp, KeyAuthFlavour::Go] {
            let gateway = guarded(KeyAuth::new(flavour, KeySource::Query, "apikey")).await;
            let reply = send(
                &client(),
                get(&gateway.url("/v1?a=b&apikey=Bearer%20sk-alice")),
            )
            .await;
            assert_eq!(reply.status, StatusCode::OK, "{flavour:?}");
        }
    }

    #[tokio::test]
    async fn where_both_places_are_configured_only_the_cpp_flavour_reads_the_query() {
        for (flavour, status) in [(KeyAuthFlavour::Cpp, 200), (KeyAuthFlavour::Go, 401)] {
            let gateway = guarded(KeyAuth::new(flavour, KeySource::HeaderAndQuery, "apikey")).await;
            let reply = send(&client(), get(&gateway.url("/?apikey=Bearer%20sk-alice"))).await;
            assert_eq!(reply.status.as_u16(), status, "{flavour:?}");
        }
    }
}

mod openai_compatible_persona {
    use super::*;

    #[tokio::test]
    async fn a_question_is_answered_from_the_conversation() {
        let gateway = persona().await;
        let reply = ask(
            &gateway,
            &json!({"model": "echo-1", "messages": [
                {"role": "user", "content": "My name is Ada."},
                {"role": "assistant", "content": "Hello Ada!"},
                {"role": "user", "content": "What is my name?"},
            ]}),
        )
        .await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.headers["content-type"], "application/json");
        let completion = reply.json();
        assert_eq!(completion["object"], "chat.completion");
        assert_eq!(completion["model"], "echo-1");
        let choice = &completion["choices"][0];
        assert_eq!(choice["message"]["content"], "Your name is Ada.");
        assert_eq!(choice["finish_reason"], "stop");
        let usage = json!({"prompt_tokens": 13, "completion_tokens": 5, "total_tokens": 18});
        assert_eq!(completion["usage"], usage);
    }

    #[tokio::test]
    async fn a_stream_says_the_same_as_the_document_one_token_a_chunk() {
        let gateway = persona().await;
        let body = question("你好, what is 6 * 7?");
        let document = ask(&gateway, &body).await.json();
        let reply = ask(&gateway, &with(body, json!({"stream": true}))).await;
        assert_eq!(reply.headers["content-type"], "text/event-stream");
        assert_eq!(reply.headers["transfer-encoding"], "chunked");

        let chunks = reply.chunks();
        let (first, rest) = chunks.split_first().unwrap();
        let (last, tokens) = rest.split_last().unwrap();
        assert_eq!(
            first["choices"][0]["delta"],
            json!({"role": "assistant", "content": ""})
        );
        assert_eq!(last["choices"][0]["delta"], json!({}));
        assert_eq!(last["choices"][0]["finish_reason"], "stop");
        let text: String = tokens
            .iter()
            .map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().unwrap())
            .collect();
        assert_eq!(text, document["choices"][0]["message"]["content"]);
        assert_eq!(tokens.len() as u64, document["usage"]["completion_tokens"]);
        for chunk in &chunks {
            assert_eq!(chunk["id"], first["id"]);
            assert_eq!(chunk["object"], "chat.completion.chunk");
            assert!(
                chunk.get("usage").is_none(),
                "usage without being asked: {chunk}"
            );
        }
    }

    #[tokio::test]
    async fn usage_comes_last_without_choices_when_asked_for() {
        let gateway = persona().await;
        let extra = json!({"stream": true, "stream_options": {"include_usage": true}});
        let chunks = ask(&gateway, &with(question("Hello"), extra))
            .await
            .chunks();
        let (last, earlier) = chunks.split_last().unwrap();
        assert_eq!(last["choices"], json!([]));
        let usage = json!({"prompt_tokens": 1, "completion_tokens": 8, "total_tokens": 9});
        assert_eq!(last["usage"], usage);
        assert!(earlier.iter().all(|chunk| chunk["usage"] == Value::Null));
        assert!(earlier.iter().all(|chunk| chunk.get("usage").is_some()));
    }

    #[tokio::test]
    async fn the_answer_is_cut_at_the_limit_of_tokens() {
        let gateway = persona().await;
        for name in ["max_tokens", "max_completion_tokens"] {
            let completion = ask(&gateway, &with(question("Count to 9"), json!({name: 3})))
                .await
                .json();
            assert_eq!(completion["choices"][0]["message"]["content"], "1, 2");
            assert_eq!(completion["choices"][0]["finish_reason"], "length");
            assert_eq!(completion["usage"]["completion_tokens"], 3);
        }
    }

    #[tokio::test]
    async fn the_answer_ends_before_a_stop_text() {
        let gateway = persona().await;
        let body = with(question("Count to 9"), json!({"stop": [", 4"]}));
        let completion = ask(&gateway, &body).await.json();
        assert_eq!(completion["choices"][0]["message"]["content"], "1, 2, 3");
        assert_eq!(completion["choices"][0]["finish_reason"], "stop");
    }

    #[track_caller]
    fn assert_openai_error(reply: &Reply, status: u16, parameter: &Value, code: &Value) {
        assert_eq!(reply.status.as_u16(), status);
        assert_eq!(reply.headers["content-type"], "application/json");
        assert!(reply.headers.contains_key("x-envoy-upstream-service-time"));
        let error = &reply.json()["error"];
        assert_eq!(error["type"], "invalid_request_error");
        assert_eq!((&error["param"], &error["code"]), (parameter, code));
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_body_is_said_in_the_openai_shape() {
        let gateway = persona().await;
        let broken = send(&client(), post(&chat_url(&gateway), "{")).await;
        assert_openai_error(&broken, 400, &Value::Null, &Value::Null);
        let missing = json!("missing_required_parameter");
        let messages = question("hi")["messages"].clone();
        let no_model = ask(&gateway, &json!({"messages": messages})).await;
        assert_openai_error(&no_model, 400, &json!("model"), &missing);
        let no_messages = ask(&gateway, &json!({"model": "m"})).await;
        assert_openai_error(&no_messages, 400, &json!("messages"), &missing);
        let wrong_stop = ask(&gateway, &with(question("hi"), json!({"stop": 7}))).await;
        assert_openai_error(&wrong_stop, 400, &json!("stop"), &json!("invalid_type"));
    }

    #[tokio::test]
    async fn wrong_paths_methods_and_media_types_are_refused_by_the_upstream() {
        let gateway = persona().await;
        let path = send(&client(), post(&gateway.url("/demo/v1/nothing"), "{}")).await;
        assert_openai_error(&path, 404, &Value::Null, &Value::Null);
        let method = send(&client(), get(&chat_url(&gateway))).await;
        assert_openai_error(&method, 405, &Value::Null, &json!("method_not_supported"));
        let mut request = post(&chat_url(&gateway), "{}");
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        let media_type = send(&client(), request).await;
        assert_openai_error(
            &media_type,
            400,
            &Value::Null,
            &json!("unsupported_content_type"),
        );
    }

    #[tokio::test]
    async fn a_model_that_the_route_does_not_name_is_not_found() {
        let gateway = start(GatewayConfig::new().route(persona_route().model("known"))).await;
        let known = ask(&gateway, &with(question("hi"), json!({"model": "known"}))).await;
        assert_eq!(known.status, StatusCode::OK);
        let unknown = ask(&gateway, &question("hi")).await;
        assert_openai_error(&unknown, 404, &Value::Null, &json!("model_not_found"));
    }

    #[tokio::test]
    async fn the_same_seed_and_clock_give_the_same_bytes() {
        let stream = async || {
            let config = GatewayConfig::new()
                .route(persona_route())
                .seed(5)
                .clock(Clock::fixed(9_000));
            let gateway = start(config).await;
            ask(
                &gateway,
                &with(question("Count to 20"), json!({"stream": true})),
            )
            .await
            .body
        };
        assert_eq!(stream().await, stream().await);
    }
}

mod delivery {
    use super::*;

    /// The sizes of the HTTP chunks of a reply to a streaming question.
    async fn chunk_sizes(chunking: Chunking, seed: u64) -> (Vec<usize>, String) {
        let route = persona_route().chunking(chunking);
        let config = GatewayConfig::new()
            .route(route)
            .seed(seed)
            .clock(Clock::fixed(9_000));
        let gateway = start(config).await;
        let body = with(question("Repeat: 你好 🌍"), json!({"stream": true})).to_string();
        let request = format!(
            "POST /demo/v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        timely(stream.read_to_end(&mut reply)).await.unwrap();
        let head_end = reply
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        let (sizes, text) = dechunked(&reply[head_end..]);
        (sizes, String::from_utf8(text).unwrap())
    }

    fn dechunked(mut rest: &[u8]) -> (Vec<usize>, Vec<u8>) {
        let (mut sizes, mut text) = (Vec::new(), Vec::new());
        loop {
            let line_end = rest.windows(2).position(|two| two == b"\r\n").unwrap();
            let line = std::str::from_utf8(&rest[..line_end]).unwrap();
            let size = usize::from_str_radix(line, 16).unwrap();
            if size == 0 {
                return (sizes, text);
            }
            sizes.push(size);
            text.extend_from_slice(&rest[line_end + 2..line_end + 2 + size]);
            rest = &rest[line_end + 2 + size + 2..];
        }
    }

    #[tokio::test]
    async fn every_way_of_chunking_carries_the_same_text() {
        let (events, text) = chunk_sizes(Chunking::PerEvent, 1).await;
        assert_eq!(events.len(), text.matches("\n\n").count());
        let (whole, same) = chunk_sizes(Chunking::Whole, 1).await;
        assert_eq!((whole, same), (vec![text.len()], text.clone()));
        let (bytes, same) = chunk_sizes(Chunking::OneByte, 1).await;
        assert_eq!((bytes, same), (vec![1; text.len()], text.clone()));
        let seven = Chunking::Fixed(NonZeroUsize::new(7).unwrap());
        let (sevens, same) = chunk_sizes(seven, 1).await;
        assert!(sevens[..sevens.len() - 1].iter().all(|&size| size == 7));
        assert_eq!(same, text);
    }

    #[tokio::test]
    async fn random_chunks_are_the_same_for_the_same_seed() {
        let random = async |seed| chunk_sizes(Chunking::Random, seed).await;
        assert_eq!(random(1).await, random(1).await);
        assert_ne!(random(1).await.0, random(2).await.0);
    }

    #[tokio::test]
    async fn each_chunk_is_written_by_itself() {
        let gate = Gate::closed();
        let answer = Answer::event_stream()
            .bytes("data: 1\n\n")
            .wait(&gate)
            .bytes("data: 2\n\n");
        let gateway = scripted(Script::new(answer)).await;
        let reply = timely(client().request(get(&gateway.url("/"))))
            .await
            .unwrap();
        let mut body = reply.into_body();
        assert_eq!(next_data(&mut body).await, "data: 1\n\n");
        assert!(
            tokio::time::timeout(MOMENT, body.frame()).await.is_err(),
            "the gate is closed"
        );
        gate.open();
        assert_eq!(next_data(&mut body).await, "data: 2\n\n");
        assert!(timely(body.frame()).await.is_none());
    }

    #[tokio::test]
    async fn a_delay_stands_between_chunks() {
        let delay = Duration::from_millis(20);
        let answer = Answer::event_stream().bytes("1").bytes("2").bytes("3");
        let route =
            Route::new("/", Backend::Script(Script::new(answer))).delay_between_chunks(delay);
        let gateway = start(GatewayConfig::new().route(route)).await;
        let began = std::time::Instant::now();
        assert_eq!(send(&client(), get(&gateway.url("/"))).await.text(), "123");
        assert!(began.elapsed() >= delay * 2);
    }
}

mod scripts {
    use super::*;

    #[tokio::test]
    async fn status_headers_and_body_are_exact() {
        let answer = Answer::new(StatusCode::IM_A_TEAPOT)
            .header(header::SERVER, HeaderValue::from_static("teapot"))
            .header(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
            .bytes(vec![0xff, 0x00])
            .made_by(Origin::Gateway);
        let gateway = scripted(Script::new(answer)).await;
        let reply = send(&client(), get(&gateway.url("/"))).await;
        assert_eq!(reply.status, StatusCode::IM_A_TEAPOT);
        assert_eq!(reply.headers["server"], "teapot");
        assert_eq!(reply.headers["content-type"], "text/html");
        assert!(!reply.headers.contains_key("x-envoy-upstream-service-time"));
        assert_eq!(reply.body, [0xff, 0x00].as_slice());
    }

    #[tokio::test]
    async fn replies_come_in_turn_on_the_same_connection() {
        let busy = Answer::document(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/plain",
            "no healthy upstream",
        );
        let fine = Answer::document(StatusCode::OK, "text/plain", "fine");
        let gateway = scripted(Script::new(busy).then(fine)).await;
        let client = client();
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(send(&client, get(&gateway.url("/"))).await.status.as_u16());
        }
        assert_eq!(statuses, [503, 200, 200]);
        let requests = gateway.requests();
        assert!(
            requests.iter().all(|request| request.connection == 0),
            "{requests:?}"
        );
    }

    #[tokio::test]
    async fn a_reset_breaks_the_body_after_what_was_sent() {
        let answer = Answer::event_stream()
            .bytes("data: 1\n\n")
            .ending(Ending::Reset);
        let gateway = scripted(Script::new(answer)).await;
        let reply = timely(client().request(get(&gateway.url("/"))))
            .await
            .unwrap();
        let mut body = reply.into_body();
        assert_eq!(next_data(&mut body).await, "data: 1\n\n");
        assert!(timely(body.frame()).await.unwrap().is_err());
        let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
        assert_eq!(record.outcome, Outcome::BrokenOffByGateway);
    }

    #[tokio::test]
    async fn a_body_shorter_than_its_declared_length_is_broken() {
        let answer = Answer::new(StatusCode::OK)
            .header(header::CONTENT_LENGTH, HeaderValue::from_static("10"))
            .bytes("short");
        let gateway = scripted(Script::new(answer)).await;
        let reply = timely(client().request(get(&gateway.url("/"))))
            .await
            .unwrap();
        assert!(timely(reply.into_body().collect()).await.is_err());
    }

    #[tokio::test]
    async fn no_reply_closes_the_connection_before_any_head() {
        let gateway = scripted(Script::new(ScriptedReply::NoReply)).await;
        assert!(
            timely(client().request(get(&gateway.url("/"))))
                .await
                .is_err()
        );
        let raw = raw_exchange(&gateway, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(raw, "");
        let record = gateway.wait_for_outcome(1, PATIENCE).await.unwrap();
        assert_eq!(
            (record.outcome, record.status),
            (Outcome::BrokenOffByGateway, None)
        );
    }

    #[tokio::test]
    async fn a_head_waits_for_its_gate() {
        let gate = Gate::closed();
        let answer = Answer::document(StatusCode::OK, "text/plain", "late").head_waits_for(&gate);
        let gateway = scripted(Script::new(answer)).await;
        let calling = tokio::spawn(async move {
            let url = gateway.url("/");
            (send(&client(), get(&url)).await, gateway)
        });
        tokio::time::sleep(MOMENT).await;
        assert!(!calling.is_finished());
        gate.open();
        assert_eq!(timely(calling).await.unwrap().0.text(), "late");
    }

    #[tokio::test]
    async fn the_answer_to_head_has_no_body_and_completes() {
        let answer = Answer::document(StatusCode::OK, "text/plain", "unseen");
        let gateway = scripted(Script::new(answer)).await;
        let request = Request::head(gateway.url("/"))
            .body(Full::default())
            .unwrap();
        assert!(send(&client(), request).await.body.is_empty());
        let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
        assert_eq!(record.outcome, Outcome::Completed);
    }
}

mod records {
    use super::*;

    fn ok() -> Script {
        Script::new(Answer::document(StatusCode::OK, "text/plain", "ok"))
    }

    #[tokio::test]
    async fn a_request_is_remembered_as_it_came() {
        let gateway = scripted(ok()).await;
        let request = b"POST /a%20b/?q=%41&&x HTTP/1.1\r\nHost: x\r\nX-Second: 2\r\n\
            X-First: 1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n\xffab";
        raw_exchange(&gateway, request).await;
        let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
        assert_eq!(record.method, Method::POST);
        assert_eq!(record.path_and_query, "/a%20b/?q=%41&&x");
        let names: Vec<&str> = record
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "host",
                "x-second",
                "x-first",
                "connection",
                "content-length"
            ]
        );
        assert_eq!(record.header("x-first"), Some("1"));
        assert_eq!(record.body, b"\xffab".as_slice());
        assert_eq!(record.status, Some(StatusCode::OK));
        assert_eq!(record.outcome, Outcome::Completed);
    }

    #[tokio::test]
    async fn a_new_connection_has_a_new_number() {
        let gateway = scripted(ok()).await;
        for _ in 0..2 {
            send(&client(), get(&gateway.url("/"))).await;
        }
        let connections: Vec<u64> = gateway
            .requests()
            .iter()
            .map(|request| request.connection)
            .collect();
        assert_eq!(connections, [0, 1]);
    }

    async fn outcome_when_the_client_leaves(reply: impl Into<ScriptedReply>) -> RecordedRequest {
        let gateway = scripted(Script::new(reply)).await;
        let url = gateway.url("/");
        let calling = tokio::spawn(async move {
            let response = client().request(get(&url)).await.unwrap();
            response.into_body().collect().await.map(drop)
        });
        let requests = gateway.wait_for_requests(1, PATIENCE).await.unwrap();
        assert_eq!(requests[0].outcome, Outcome::Answering);
        calling.abort();
        gateway.wait_for_outcome(0, PATIENCE).await.unwrap()
    }

    #[tokio::test]
    async fn a_client_that_leaves_is_noticed_in_the_body_and_before_the_head() {
        let hanging = Answer::event_stream()
            .bytes("data: 1\n\n")
            .ending(Ending::Hang);
        let record = outcome_when_the_client_leaves(hanging).await;
        assert_eq!(record.outcome, Outcome::AbortedByClient);
        let record = outcome_when_the_client_leaves(ScriptedReply::Silence).await;
        assert_eq!(
            (record.outcome, record.status),
            (Outcome::AbortedByClient, None)
        );
    }

    #[tokio::test]
    async fn a_client_that_leaves_during_its_upload_is_noticed() {
        let gateway = scripted(ok()).await;
        let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
        let request = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
        stream.write_all(request).await.unwrap();
        drop(stream);
        let record = gateway.wait_for_outcome(0, PATIENCE).await.unwrap();
        assert_eq!(record.outcome, Outcome::AbortedByClient);
    }

    #[tokio::test]
    async fn a_body_that_http_does_not_allow_is_a_bad_request() {
        let gateway = scripted(ok()).await;
        let request = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
        let reply = raw_exchange(&gateway, request).await;
        assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
        assert!(reply.ends_with("\r\n\r\nBad Request"), "{reply}");
    }

    #[tokio::test]
    async fn waiting_for_what_does_not_happen_ends_and_shows_what_did() {
        let gateway = scripted(ok()).await;
        send(&client(), get(&gateway.url("/seen"))).await;
        let error = gateway.wait_for_requests(2, MOMENT).await.unwrap_err();
        assert!(error.to_string().contains("/seen"), "{error}");
    }

    #[tokio::test]
    async fn old_requests_are_forgotten_and_keep_their_numbers() {
        let route = Route::new("/", Backend::Script(ok()));
        let gateway = start(GatewayConfig::new().route(route).requests_kept(2)).await;
        for _ in 0..3 {
            send(&client(), get(&gateway.url("/"))).await;
        }
        let requests = gateway.wait_for_requests(3, PATIENCE).await.unwrap();
        assert_eq!(
            requests
                .iter()
                .map(|request| request.number)
                .collect::<Vec<_>>(),
            [1, 2]
        );
    }
}

mod life {
    use super::*;

    async fn open_stream() -> (Gateway, Incoming) {
        let hanging = Answer::event_stream()
            .bytes("data: 1\n\n")
            .ending(Ending::Hang);
        let gateway = scripted(Script::new(hanging)).await;
        let reply = timely(client().request(get(&gateway.url("/"))))
            .await
            .unwrap();
        let mut body = reply.into_body();
        next_data(&mut body).await;
        (gateway, body)
    }

    #[tokio::test]
    async fn stopping_breaks_open_connections_and_frees_the_port() {
        let (gateway, mut body) = open_stream().await;
        let address = gateway.address();
        timely(gateway.stop()).await;
        assert!(timely(body.frame()).await.unwrap().is_err());
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn dropping_the_handle_breaks_open_connections() {
        let (gateway, mut body) = open_stream().await;
        drop(gateway);
        assert!(timely(body.frame()).await.unwrap().is_err());
    }

    #[tokio::test]
    async fn an_address_in_use_is_an_error() {
        let gateway = persona().await;
        let second = Gateway::start(GatewayConfig::new().listen_on(gateway.address())).await;
        assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_bytes_come_the_gateway_answers_the_next_caller(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        body in any::<String>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let gateway = persona().await;
            let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
            stream.write_all(&noise).await.unwrap();
            drop(stream);
            let said = ask(&gateway, &question(&body)).await;
            assert_eq!(said.status, StatusCode::OK);
            assert!(!said.json()["choices"][0]["message"]["content"].as_str().unwrap().is_empty());
            let refused = send(&client(), post(&chat_url(&gateway), body)).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        });
    }
}
