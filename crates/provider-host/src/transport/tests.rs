//! The client against servers on real sockets, each scripted byte by byte: the
//! means to do so, and the course of a request.

mod limits;
mod proxy;
mod timeouts;
mod tls;

use super::{Timeouts, TransferLimits, Transport};
use crate::egress::{AddressScope, EgressPolicy, SystemResolver};
use crate::error::LimitExceeded;
use crate::limits::Limits;
use crate::proxy::Proxies;
use crate::tls::RootCertificates;
use http_body_util::{BodyExt, Empty, Full};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use wasmtime_wasi_http::{Error, WasiBody};

const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// Patience of a test that expects something to happen at once.
const SOON: Duration = Duration::from_secs(10);

const PATIENT: Timeouts = Timeouts {
    connect: SOON,
    first_byte: SOON,
    between_bytes: SOON,
};

/// A server that runs `script` for its first connection, once the head of a
/// request is in.
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
        read_head(&mut connection).await;
        script(connection).await
    });
    (address, running)
}

async fn read_head(connection: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
}

async fn send(connection: &mut TcpStream, text: &str) {
    connection.write_all(text.as_bytes()).await.unwrap();
}

/// Waits until the other side has closed the connection.
async fn closed(connection: &mut TcpStream) {
    let mut rest = [0; 64];
    loop {
        match soon(connection.read(&mut rest)).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(SOON, future)
        .await
        .expect("it should have happened by now")
}

/// A client, and the limits that each of its requests has for itself.
struct Client {
    transport: Transport,
    limits: Limits,
}

impl Client {
    fn new(policy: EgressPolicy, roots: &RootCertificates, limits: Limits) -> Self {
        let resolver = Arc::new(SystemResolver::new());
        let proxies = Proxies::none();
        let transport = Transport::new(policy, proxies, resolver, roots, &limits).unwrap();
        Self { transport, limits }
    }

    async fn send(
        &self,
        request: http::Request<WasiBody>,
        timeouts: Timeouts,
    ) -> Result<http::Response<WasiBody>, Error> {
        let traffic = Arc::new(TransferLimits::new(&self.limits));
        self.transport.send(request, timeouts, traffic).await
    }
}

fn transport_to(address: SocketAddr) -> Client {
    transport(&format!("http://{address}"), &Limits::default())
}

fn transport(endpoint: &str, limits: &Limits) -> Client {
    Client::new(local(endpoint), &RootCertificates::public(), limits.clone())
}

fn local(endpoint: &str) -> EgressPolicy {
    EgressPolicy::for_endpoint(endpoint)
        .unwrap()
        .with_scope(AddressScope::PublicAndPrivate)
}

fn get(url: impl std::fmt::Display) -> http::Request<WasiBody> {
    let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
    http::Request::get(url.to_string()).body(body).unwrap()
}

fn post(url: impl std::fmt::Display, bytes: Vec<u8>) -> http::Request<WasiBody> {
    let body = Full::from(bytes)
        .map_err(|never| match never {})
        .boxed_unsync();
    http::Request::post(url.to_string()).body(body).unwrap()
}

async fn next_piece(body: &mut WasiBody) -> Result<Vec<u8>, Error> {
    let frame = soon(body.frame()).await.expect("another piece");
    frame.map(|frame| frame.into_data().unwrap().to_vec())
}

/// The code of the error with which the head or the body of a response ends.
async fn failure(
    transport: &Client,
    request: http::Request<WasiBody>,
    timeouts: Timeouts,
) -> Error {
    match soon(transport.send(request, timeouts)).await {
        Err(error) => error,
        Ok(response) => soon(response.into_body().collect())
            .await
            .expect_err("a failure"),
    }
}

async fn failure_of(script: &'static str, limits: Limits) -> Error {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        // The client may hang up before it has read everything.
        let _ = connection.write_all(script.as_bytes()).await;
        let _ = connection.shutdown().await;
        closed(&mut connection).await;
    })
    .await;
    let transport = transport(&format!("http://{address}"), &limits);
    failure(&transport, get(format!("http://{address}/")), PATIENT).await
}

#[tokio::test]
async fn a_piece_is_handed_on_before_the_next_one_is_sent() {
    let (next, mut wanted) = tokio::sync::mpsc::channel::<()>(1);
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        for piece in ["one", "two", "six"] {
            send(&mut connection, &format!("3\r\n{piece}\r\n")).await;
            wanted.recv().await;
        }
        send(&mut connection, "0\r\n\r\n").await;
    })
    .await;
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), PATIENT)).await;
    let mut body = response.unwrap().into_body();
    for piece in ["one", "two", "six"] {
        assert_eq!(next_piece(&mut body).await.unwrap(), piece.as_bytes());
        next.send(()).await.unwrap();
    }
    assert!(soon(body.frame()).await.is_none());
}

#[tokio::test]
async fn dropping_a_response_closes_the_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        let dropped = Instant::now();
        closed(&mut connection).await;
        dropped.elapsed()
    })
    .await;
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), PATIENT)).await;
    let mut body = response.unwrap().into_body();
    next_piece(&mut body).await.unwrap();
    drop(body);
    let waited = soon(server).await.unwrap();
    assert!(waited < Duration::from_secs(1), "{waited:?}");
}

#[tokio::test]
async fn dropping_a_request_closes_the_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let transport = transport_to(address);
    let request = transport.send(get(format!("http://{address}/")), PATIENT);
    let _ = tokio::time::timeout(Duration::from_millis(100), request).await;
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        for _ in 0..2 {
            send(
                &mut connection,
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            )
            .await;
            read_head(&mut connection).await;
        }
        send(
            &mut connection,
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        )
        .await;
    })
    .await;
    let transport = transport_to(address);
    for _ in 0..3 {
        let response = soon(transport.send(get(format!("http://{address}/")), PATIENT)).await;
        soon(response.unwrap().into_body().collect()).await.unwrap();
        // The connection goes back to the pool by a task of its own.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_redirect_is_a_response_like_any_other() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        let response =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        send(&mut connection, response).await;
    })
    .await;
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), PATIENT)).await;
    assert_eq!(response.unwrap().status(), 302);
}

#[tokio::test]
async fn a_refused_connection_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failure(
        &transport_to(address),
        get(format!("http://{address}/")),
        PATIENT,
    )
    .await;
    assert!(matches!(error, Error::ConnectionRefused), "{error:?}");
}

/// Each would be a call of the component.
#[tokio::test]
async fn small_chunks_that_were_sent_together_are_handed_on_together() {
    const CHUNKS: usize = 1_000;
    let (address, _server) = server(async move |mut connection: TcpStream| {
        let chunks = "1\r\na\r\n".repeat(CHUNKS);
        send(&mut connection, &format!("{HEAD}{chunks}0\r\n\r\n")).await;
        closed(&mut connection).await;
    })
    .await;
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), PATIENT)).await;
    let mut body = response.unwrap().into_body();
    let (mut pieces, mut bytes) = (0, 0);
    while let Some(frame) = soon(body.frame()).await {
        pieces += 1;
        bytes += frame.unwrap().into_data().unwrap().len();
    }
    assert_eq!(bytes, CHUNKS);
    assert!(pieces < CHUNKS / 20, "{pieces} pieces");
}

#[tokio::test]
async fn a_response_that_is_cut_short_is_incomplete() {
    for script in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nwhole\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nwh",
    ] {
        let error = failure_of(script, Limits::default()).await;
        assert!(
            matches!(error, Error::HttpResponseIncomplete),
            "{script:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn no_response_at_all_is_a_terminated_connection() {
    let error = failure_of("", Limits::default()).await;
    assert!(matches!(error, Error::ConnectionTerminated), "{error:?}");
}

#[tokio::test]
async fn a_response_that_is_not_http_is_a_protocol_error() {
    let error = failure_of("SSH-2.0-server\r\n", Limits::default()).await;
    assert!(matches!(error, Error::HttpProtocolError), "{error:?}");
}

#[tokio::test]
async fn what_the_policy_refuses_is_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let public = |url: &str| {
        let policy = EgressPolicy::for_endpoint(url).unwrap();
        Client::new(policy, &RootCertificates::public(), Limits::default())
    };

    let elsewhere = public("http://example.com");
    let url = format!("http://127.0.0.1:{port}/");
    let error = failure(&elsewhere, get(&url), PATIENT).await;
    assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");

    // By literal, and by a name.
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost"] {
        let url = format!("http://{host}:{port}/");
        let error = failure(&public(&url), get(&url), PATIENT).await;
        assert!(
            matches!(error, Error::DestinationIpProhibited),
            "{host}: {error:?}"
        );
    }

    // In a spelling that only some resolvers know.
    let local = public(&format!("http://127.0.0.1:{port}"));
    for host in ["127.1", "0x7f000001", "2130706433", "0177.0.0.1"] {
        let url = format!("http://{host}:{port}/");
        let error = failure(&local, get(&url), PATIENT).await;
        assert!(
            matches!(error, Error::HttpRequestUriInvalid),
            "{host}: {error:?}"
        );
    }
    let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(accepted.is_err(), "nobody should have connected");
}
