//! Servers with TLS.

use super::*;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A TLS server that answers with the protocol it was spoken to in, and
/// its certificate as PEM.
async fn tls_server() -> (SocketAddr, String) {
    tls_server_for("127.0.0.1").await
}

/// TLS for a server of this name, with these protocols, and its certificate as
/// PEM.
pub(super) fn acceptor(name: &str, protocols: &[&str]) -> (TlsAcceptor, String) {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().into())
        .collect();
    (TlsAcceptor::from(Arc::new(config)), certified.cert.pem())
}

/// The same, for a certificate of another name.
pub(super) async fn tls_server_for(name: &str) -> (SocketAddr, String) {
    let (acceptor, certificate) = acceptor(name, &["h2", "http/1.1"]);
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
    (address, certificate)
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it_and_its_authority_is_trusted() {
    let (address, certificate) = tls_server().await;
    let url = format!("https://{address}/");
    for roots in [
        RootCertificates::only(certificate.as_bytes()).unwrap(),
        RootCertificates::public_and(certificate.as_bytes()).unwrap(),
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
