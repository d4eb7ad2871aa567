//! Requests through forward proxies: the means to send them, and their course.

mod failures;
mod policy;
mod server;

use super::tls::tls_server_for;
use super::*;
use crate::egress::resolver::Addresses;
use crate::egress::{Origin, PlainHttp, Resolver};
use crate::proxy::ProxyUrl;
use server::{Behaviour, proxy, tls_proxy};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

/// A resolver that knows `proxy.test` alone, and records what it resolves.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<String>>>);

impl Resolver for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a> {
        self.0.lock().unwrap().push(name.to_owned());
        let found = match name {
            "proxy.test" => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            _ => Vec::new(),
        };
        Box::pin(async move { Ok(found) })
    }
}

/// A client for the origin of `target`, with all that it needs to get there
/// through the proxy at `address`.
struct Setting {
    egress: EgressPolicy,
    proxies: Proxies,
    roots: RootCertificates,
    names: Names,
}

impl Setting {
    fn new(target: &str, proxy: SocketAddr) -> Self {
        Self::with_proxy_url(target, &format!("http://{proxy}"))
    }

    fn with_proxy_url(target: &str, proxy: &str) -> Self {
        let proxy: ProxyUrl = proxy.parse().unwrap();
        Self {
            egress: EgressPolicy::for_endpoint(target)
                .unwrap()
                .with_plain_http(PlainHttp::Anywhere)
                .with_proxy(proxy.origin().clone(), AddressScope::PublicAndPrivate),
            proxies: Proxies::all(proxy),
            roots: RootCertificates::public(),
            names: Names::default(),
        }
    }

    fn trusting(self, certificates: &str) -> Self {
        Self {
            roots: RootCertificates::only(certificates.as_bytes()).unwrap(),
            ..self
        }
    }

    fn client(&self) -> Client {
        let limits = Limits::default();
        let transport = Transport::new(
            self.egress.clone(),
            self.proxies.clone(),
            Arc::new(self.names.clone()),
            &self.roots,
            &limits,
        );
        Client {
            transport: transport.unwrap(),
            limits,
        }
    }

    async fn failure(&self, url: &str) -> Error {
        failure(&self.client(), get(url), PATIENT).await
    }
}

async fn text_of(response: http::Response<WasiBody>) -> String {
    let body = soon(response.into_body().collect()).await.unwrap();
    String::from_utf8(body.to_bytes().into()).unwrap()
}

/// A plain server that responds to every request with the request's head.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while let Ok(byte) = connection.read_u8().await {
                    head.push(byte);
                    if head.ends_with(b"\r\n\r\n") {
                        let length = head.len();
                        let status = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                        connection.write_all(status.as_bytes()).await.unwrap();
                        connection.write_all(&head).await.unwrap();
                        head.clear();
                    }
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn https_goes_through_a_tunnel_that_the_proxy_cannot_look_into() {
    let (server, certificate) = tls_server_for("ai.test").await;
    let (address, log) = proxy(Behaviour::LeadsTo(server)).await;
    let setting = Setting::new("https://ai.test:8443", address).trusting(&certificate);
    let mut request = get("https://ai.test:8443/secret-path");
    let key = "Bearer secret-key".parse().unwrap();
    request.headers_mut().insert("authorization", key);
    let response = soon(setting.client().send(request, PATIENT)).await.unwrap();
    assert_eq!(response.version(), http::Version::HTTP_2);
    assert_eq!(text_of(response).await, "hello");
    assert_eq!(log.first_lines(), ["CONNECT ai.test:8443 HTTP/1.1"]);
    let sent = log.texts().concat();
    assert!(sent.contains("host: ai.test:8443\r\n"), "{sent}");
    assert!(!sent.contains("secret-"), "{sent}");
    assert!(!sent.to_lowercase().contains("authorization"), "{sent}");
}

#[tokio::test]
async fn the_target_s_certificate_is_checked_through_the_tunnel() {
    let (server, certificate) = tls_server_for("other.test").await;
    let (address, _) = proxy(Behaviour::LeadsTo(server)).await;
    let setting = Setting::new("https://ai.test", address).trusting(&certificate);
    let error = setting.failure("https://ai.test/").await;
    assert!(matches!(error, Error::TlsCertificateError), "{error:?}");
}

#[tokio::test]
async fn http_is_sent_to_the_proxy_with_its_whole_url() {
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let setting = Setting::new("http://ai.test:8080", address);
    let response = setting.client();
    let response = soon(response.send(get("http://ai.test:8080/v1?x=1"), PATIENT)).await;
    let echoed = text_of(response.unwrap()).await;
    let line = "GET http://ai.test:8080/v1?x=1 HTTP/1.1";
    assert!(echoed.starts_with(line), "{echoed}");
    assert_eq!(log.first_lines(), [line]);
}

#[tokio::test]
async fn targets_are_not_resolved_and_a_proxy_s_name_is() {
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let url = format!("http://proxy.test:{}", address.port());
    let setting = Setting::with_proxy_url("http://ai.test", &url);
    let client = setting.client();
    soon(client.send(get("http://ai.test/"), PATIENT))
        .await
        .unwrap();
    assert_eq!(*setting.names.0.lock().unwrap(), ["proxy.test"]);
    assert_eq!(log.first_lines().len(), 1);
}

#[tokio::test]
async fn a_proxy_can_be_reached_by_tls() {
    let (server, certificate) = tls_server_for("ai.test").await;
    let (address, log, its_own) = tls_proxy(Behaviour::LeadsTo(server)).await;
    let setting = Setting::with_proxy_url("https://ai.test", &format!("https://{address}"))
        .trusting(&(certificate + &its_own));
    let client = setting.client();
    let response = soon(client.send(get("https://ai.test/"), PATIENT)).await;
    assert_eq!(text_of(response.unwrap()).await, "hello");
    assert_eq!(log.first_lines(), ["CONNECT ai.test:443 HTTP/1.1"]);
}

/// `user:secret-word`, as Basic authentication.
const CREDENTIALS: &str = "proxy-authorization: Basic dXNlcjpzZWNyZXQtd29yZA==\r\n";

#[tokio::test]
async fn a_proxy_gets_its_credentials_with_both_kinds_of_request() {
    let (server, certificate) = tls_server_for("ai.test").await;
    for (target, server) in [
        ("https://ai.test", server),
        ("http://ai.test", echo().await),
    ] {
        let (address, log) = proxy(Behaviour::LeadsTo(server)).await;
        let url = format!("http://user:secret-word@{address}");
        let setting = Setting::with_proxy_url(target, &url).trusting(&certificate);
        let mut request = get(target);
        // A component's own does not replace them.
        let own = "Basic other".parse().unwrap();
        request.headers_mut().insert("proxy-authorization", own);
        soon(setting.client().send(request, PATIENT)).await.unwrap();
        let sent = log.texts().concat();
        assert_eq!(sent.matches(CREDENTIALS).count(), 1, "{sent}");
        assert!(!sent.contains("Basic other"), "{sent}");
    }
}

#[tokio::test]
async fn a_direct_request_carries_no_credentials_of_a_proxy() {
    let server = echo().await;
    let url = format!("http://{server}/");
    let mut setting = Setting::with_proxy_url(&url, "http://user:secret-word@proxy.test:1");
    setting.egress = setting.egress.with_scope(AddressScope::PublicAndPrivate);
    setting.proxies = setting
        .proxies
        .with_no_proxy("127.0.0.0/8".parse().unwrap());
    let response = soon(setting.client().send(get(&url), PATIENT)).await;
    let echoed = text_of(response.unwrap()).await;
    assert!(echoed.starts_with("GET / HTTP/1.1"), "{echoed}");
    assert!(!echoed.contains("proxy-authorization"), "{echoed}");
}

#[tokio::test]
async fn exceptions_are_reached_directly() {
    let (address, log) = proxy(Behaviour::Says("")).await;
    let server = echo().await;
    let url = format!("http://{server}/");
    for list in ["*".to_owned(), "127.0.0.1".to_owned(), server.to_string()] {
        let mut setting = Setting::new(&url, address);
        setting.egress = setting.egress.with_scope(AddressScope::PublicAndPrivate);
        setting.proxies = setting.proxies.with_no_proxy(list.parse().unwrap());
        let response = soon(setting.client().send(get(&url), PATIENT)).await;
        assert_eq!(response.unwrap().status(), 200, "{list}");
    }
    assert_eq!(log.first_lines(), [""; 0]);
}

#[tokio::test]
async fn each_target_has_its_own_tunnels_and_uses_them_again() {
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let (server, certificate) = tls_server_for("ai.test").await;
    let (tls_address, tls_log) = proxy(Behaviour::LeadsTo(server)).await;
    let targets = ["http://one.test", "http://two.test", "https://ai.test"];
    let mut setting = Setting::new("http://one.test", address).trusting(&certificate);
    let origin = |text: &str| text.parse::<Origin>().unwrap();
    let tls_proxy = format!("http://{tls_address}");
    setting.egress = EgressPolicy::allow_origins(targets.map(origin))
        .with_plain_http(PlainHttp::Anywhere)
        .with_proxy(
            origin(&format!("http://{address}")),
            AddressScope::PublicAndPrivate,
        )
        .with_proxy(origin(&tls_proxy), AddressScope::PublicAndPrivate);
    setting.proxies = setting.proxies.with_https(tls_proxy.parse().unwrap());
    let client = setting.client();
    for _ in 0..2 {
        for target in targets {
            let response = soon(client.send(get(target), PATIENT)).await.unwrap();
            text_of(response).await;
            // The connection goes back to the pool by a task of its own.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let mut lines = log.first_lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "GET http://one.test/ HTTP/1.1",
            "GET http://two.test/ HTTP/1.1"
        ]
    );
    assert_eq!(tls_log.first_lines(), ["CONNECT ai.test:443 HTTP/1.1"]);
}
