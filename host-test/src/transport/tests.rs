//! The client against servers on real sockets, each scripted byte by byte.

use super::{Timeouts, Traffic, Transport};
use crate::egress::{AddressScope, EgressPolicy, SystemResolver};
use crate::error::Breach;
use crate::limits::Limits;
use crate::trust::TrustedRoots;
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
    fn new(policy: EgressPolicy, roots: &TrustedRoots, limits: Limits) -> Self {
        let resolver = Arc::new(SystemResolver::new());
        let transport = Transport::new(policy, resolver, roots, &limits).unwrap();
        Self { transport, limits }
    }

    async fn send(
        &self,
        request: http::Request<WasiBody>,
        timeouts: Timeouts,
    ) -> Result<http::Response<WasiBody>, Error> {
        let traffic = Arc::new(Traffic::new(&self.limits));
        self.transport.send(request, timeouts, traffic).await
    }
}

fn transport_to(address: SocketAddr) -> Client {
    transport(&format!("http://{address}"), &Limits::default())
}

fn transport(endpoint: &str, limits: &Limits) -> Client {
    Client::new(local(endpoint), &TrustedRoots::public(), limits.clone())
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

/// The code of the error with which the head or the body of a reply ends.
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
async fn dropping_a_reply_closes_the_connection() {
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
async fn a_redirect_is_a_reply_like_any_other() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        let reply =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        send(&mut connection, reply).await;
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

#[tokio::test]
async fn a_connection_that_does_not_come_about_times_out() {
    // TCP connects, but nobody answers the TLS handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}/", listener.local_addr().unwrap());
    let timeouts = Timeouts {
        connect: Duration::from_millis(100),
        ..PATIENT
    };
    let transport = transport(&endpoint, &Limits::default());
    let error = failure(&transport, get(&endpoint), timeouts).await;
    assert!(matches!(error, Error::ConnectionTimeout), "{error:?}");
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
    assert!(pieces < CHUNKS / 50, "{pieces} pieces");
}

#[tokio::test]
async fn a_reply_that_does_not_begin_times_out() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        first_byte: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(
        &transport_to(address),
        get(format!("http://{address}/")),
        timeouts,
    )
    .await;
    assert!(matches!(error, Error::HttpResponseTimeout), "{error:?}");
}

#[tokio::test]
async fn a_pause_that_is_too_long_ends_the_reply_and_the_connection() {
    let (address, server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(
        &transport_to(address),
        get(format!("http://{address}/")),
        timeouts,
    )
    .await;
    assert!(matches!(error, Error::ConnectionReadTimeout), "{error:?}");
    soon(server).await.unwrap();
}

#[tokio::test]
async fn a_slow_reader_is_not_a_slow_server() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        send(&mut connection, "3\r\ntwo\r\n0\r\n\r\n").await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(400),
        ..PATIENT
    };
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), timeouts)).await;
    let mut body = response.unwrap().into_body();
    next_piece(&mut body).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(next_piece(&mut body).await.unwrap(), b"two");
}

#[tokio::test]
async fn each_pause_has_its_own_time() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, HEAD).await;
        for _ in 0..4 {
            send(&mut connection, "3\r\none\r\n").await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        closed(&mut connection).await;
    })
    .await;
    let timeouts = Timeouts {
        between_bytes: Duration::from_millis(600),
        ..PATIENT
    };
    let transport = transport_to(address);
    let response = soon(transport.send(get(format!("http://{address}/")), timeouts)).await;
    let mut body = response.unwrap().into_body();
    for _ in 0..4 {
        assert_eq!(next_piece(&mut body).await.unwrap(), b"one");
    }
    let error = next_piece(&mut body).await.unwrap_err();
    assert!(matches!(error, Error::ConnectionReadTimeout), "{error:?}");
    assert!(soon(body.frame()).await.is_none());
}

#[tokio::test]
async fn a_reply_that_is_cut_short_is_incomplete() {
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
async fn no_reply_at_all_is_a_terminated_connection() {
    let error = failure_of("", Limits::default()).await;
    assert!(matches!(error, Error::ConnectionTerminated), "{error:?}");
}

#[tokio::test]
async fn a_reply_that_is_not_http_is_a_protocol_error() {
    let error = failure_of("SSH-2.0-server\r\n", Limits::default()).await;
    assert!(matches!(error, Error::HttpProtocolError), "{error:?}");
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_refused() {
    for script in [
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n01234567890",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n01234567890",
    ] {
        let limits = Limits {
            response_bytes: 10,
            ..Limits::default()
        };
        let error = failure_of(script, limits).await;
        assert!(
            matches!(error, Error::HttpResponseBodySize(Some(11))),
            "{script:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let head: &'static str =
        format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(20_000)).leak();
    let limits = Limits {
        response_head_bytes: 8 << 10,
        ..Limits::default()
    };
    let error = failure_of(head, limits).await;
    assert!(
        matches!(error, Error::HttpResponseHeaderSectionSize(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn requests_beyond_those_at_one_time_wait_for_a_reply_to_end() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        send(&mut connection, &format!("{HEAD}3\r\none\r\n")).await;
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        concurrent_requests: 1,
        ..Limits::default()
    };
    let transport = transport(&format!("http://{address}"), &limits);
    let url = format!("http://{address}/");
    let first = soon(transport.send(get(&url), PATIENT)).await.unwrap();

    let impatient = Timeouts {
        connect: Duration::from_millis(100),
        ..PATIENT
    };
    let error = failure(&transport, get(&url), impatient).await;
    assert!(matches!(error, Error::ConnectionLimitReached), "{error:?}");

    // The server has nothing more to say, but the permit is there.
    drop(first);
    let error = failure(&transport, get(&url), PATIENT).await;
    assert!(
        matches!(
            error,
            Error::ConnectionRefused | Error::ConnectionTerminated
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_head_that_is_too_large_is_remembered_as_a_breach() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        let head = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(200_000));
        let _ = connection.write_all(head.as_bytes()).await;
        closed(&mut connection).await;
    })
    .await;
    let client = transport_to(address);
    let traffic = Arc::new(Traffic::new(&client.limits));
    let request = get(format!("http://{address}/"));
    let sent = soon(
        client
            .transport
            .send(request, PATIENT, Arc::clone(&traffic)),
    )
    .await;
    assert!(sent.is_err());
    let limit = client.limits.response_head_bytes;
    assert_eq!(traffic.breach(), Some(Breach::ResponseHead { limit }));
    assert_eq!(traffic.first_reply(), None);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_not_sent() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        request_bytes: 1_000,
        ..Limits::default()
    };
    let client = transport(&format!("http://{address}"), &limits);
    let mut request = get(format!("http://{address}/"));
    let long = http::HeaderValue::from_str(&"x".repeat(1_001)).unwrap();
    request.headers_mut().insert("x-long", long);
    let error = failure(&client, request, PATIENT).await;
    assert!(
        matches!(error, Error::HttpRequestBodySize(Some(size)) if size > 1_000),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_sent_whole() {
    let (address, _server) = server(async move |mut connection: TcpStream| {
        closed(&mut connection).await;
    })
    .await;
    let limits = Limits {
        request_bytes: 1_000,
        ..Limits::default()
    };
    let transport = transport(&format!("http://{address}"), &limits);
    let request = post(format!("http://{address}/"), vec![b'x'; 1_001]);
    let error = failure(&transport, request, PATIENT).await;
    assert!(
        matches!(error, Error::HttpRequestBodySize(Some(size)) if size > 1_000),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_the_policy_refuses_is_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let public = |url: &str| {
        let policy = EgressPolicy::for_endpoint(url).unwrap();
        Client::new(policy, &TrustedRoots::public(), Limits::default())
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

mod tls {
    use super::*;
    use hyper::service::service_fn;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::server::conn::auto;
    use rustls::pki_types::PrivateKeyDer;
    use tokio_rustls::TlsAcceptor;

    /// A TLS server that answers with the protocol it was spoken to in, and
    /// its certificate as PEM.
    async fn tls_server() -> (SocketAddr, String) {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = certified.cert.der().clone();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                if let Ok(connection) = acceptor.accept(connection).await {
                    tokio::spawn(async move {
                        let answer = service_fn(async |request: http::Request<_>| {
                            let _: hyper::body::Incoming = request.into_body();
                            Ok::<_, std::io::Error>(http::Response::new(
                                Full::<hyper::body::Bytes>::from("hello"),
                            ))
                        });
                        let _ = auto::Builder::new(TokioExecutor::new())
                            .serve_connection(TokioIo::new(connection), answer)
                            .await;
                    });
                }
            }
        });
        (address, certified.cert.pem())
    }

    #[tokio::test]
    async fn http_2_is_spoken_where_the_server_offers_it_and_its_authority_is_trusted() {
        let (address, certificate) = tls_server().await;
        let url = format!("https://{address}/");
        for roots in [
            TrustedRoots::only(certificate.as_bytes()).unwrap(),
            TrustedRoots::public_and(certificate.as_bytes()).unwrap(),
        ] {
            let transport = Client::new(local(&url), &roots, Limits::default());
            let response = soon(transport.send(get(&url), PATIENT)).await.unwrap();
            assert_eq!(response.version(), http::Version::HTTP_2);
            let body = soon(response.into_body().collect()).await.unwrap();
            assert_eq!(body.to_bytes(), "hello");
        }
    }

    #[tokio::test]
    async fn a_certificate_that_is_not_trusted_is_told_as_such() {
        let (address, _) = tls_server().await;
        let url = format!("https://{address}/");
        let error = failure(&transport(&url, &Limits::default()), get(&url), PATIENT).await;
        assert!(matches!(error, Error::TlsCertificateError), "{error:?}");
    }

    #[tokio::test]
    async fn a_server_without_tls_is_a_tls_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            send(&mut connection, "HTTP/1.1 400 Bad Request\r\n\r\n").await;
            closed(&mut connection).await;
        });
        let error = failure(&transport(&url, &Limits::default()), get(&url), PATIENT).await;
        assert!(matches!(error, Error::TlsProtocolError), "{error:?}");
    }
}
