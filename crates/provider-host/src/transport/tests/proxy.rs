//! Requests through forward proxies.

mod server;

use super::tls::tls_server_for;
use super::*;
use crate::egress::resolver::Addresses;
use crate::egress::{Origin, PlainHttp, Resolver};
use crate::proxy::ProxyUrl;
use server::{Behaviour, Log, proxy, tls_proxy};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

/// A resolver that knows `proxy.test` alone, and remembers what it was asked.
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
async fn a_proxy_may_be_spoken_to_by_tls() {
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

#[tokio::test]
async fn a_proxy_that_refuses_a_tunnel_is_no_response_of_the_target() {
    let denied = [
        "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 2\r\n\r\nno",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 405 Method Not Allowed\r\ntransfer-encoding: chunked\r\n\r\n",
    ];
    let unavailable = [
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 100\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nearly data",
        "SSH-2.0-server\r\n\r\n",
    ];
    let denied = denied.map(|script| (script, true));
    let unavailable = unavailable.map(|script| (script, false));
    for (script, is_denied) in denied.into_iter().chain(unavailable) {
        let (address, log) = proxy(Behaviour::Says(script)).await;
        let setting = Setting::new("https://ai.test", address);
        let error = setting.failure("https://ai.test/").await;
        let as_expected = match &error {
            Error::HttpRequestDenied => is_denied,
            Error::DestinationUnavailable => !is_denied,
            _ => false,
        };
        assert!(as_expected, "{script}: {error:?}");
        assert_eq!(log.first_lines().len(), 1, "{script}");
    }
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_for_plain_http_is_no_response_of_the_target() {
    let script = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let (address, _) = proxy(Behaviour::Says(script)).await;
    let setting = Setting::new("http://ai.test", address);
    let error = setting.failure("http://ai.test/").await;
    assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");
}

#[tokio::test]
async fn a_proxy_that_hangs_up_is_not_there_or_not_trusted_is_unavailable() {
    let (closing, _) = proxy(Behaviour::SaysAndCloses("HTTP/1.1 200 OK\r\n")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let absent = listener.local_addr().unwrap();
    drop(listener);
    let (untrusted, ..) = tls_proxy(Behaviour::Says("")).await;
    for url in [
        format!("http://{closing}"),
        format!("http://{absent}"),
        "http://unknown.test:3128".to_owned(),
        // With a certificate that is not trusted.
        format!("https://{untrusted}"),
    ] {
        let setting = Setting::with_proxy_url("https://ai.test", &url);
        let error = setting.failure("https://ai.test/").await;
        assert!(
            matches!(error, Error::DestinationUnavailable),
            "{url}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_answer_is_given_up_after_the_connect_timeout() {
    for script in ["", "HTTP/1.1 200 OK\r\nx: y"] {
        let (address, _) = proxy(Behaviour::Says(script)).await;
        let setting = Setting::new("https://ai.test", address);
        let timeouts = Timeouts {
            connect: Duration::from_millis(100),
            ..PATIENT
        };
        let begun = Instant::now();
        let error = failure(&setting.client(), get("https://ai.test/"), timeouts).await;
        assert!(matches!(error, Error::ConnectionTimeout), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{script}");
    }
}

#[tokio::test]
async fn a_proxy_s_response_without_end_is_given_up() {
    let (address, _) = proxy(Behaviour::SaysWithoutEnd).await;
    let setting = Setting::new("https://ai.test", address);
    let error = setting.failure("https://ai.test/").await;
    assert!(matches!(error, Error::DestinationUnavailable), "{error:?}");
}

/// A request for `url`, and what is changed to have it refused.
async fn refused(url: &str, change: impl FnOnce(&mut Setting, SocketAddr)) -> (Error, Log) {
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let mut setting = Setting::new(url, address);
    change(&mut setting, address);
    (setting.failure(url).await, log)
}

#[tokio::test]
async fn nothing_leaves_through_a_proxy_that_the_policy_does_not_permit() {
    for url in ["https://ai.test/", "http://ai.test/"] {
        let (error, log) = refused(url, |setting, _| {
            setting.egress = EgressPolicy::for_endpoint(url)
                .unwrap()
                .with_plain_http(PlainHttp::Anywhere)
                .with_scope(AddressScope::PublicAndPrivate);
        })
        .await;
        assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");
        assert_eq!(log.first_lines(), [""; 0]);
        // Permitted, but not on this machine: by address, and by name.
        for host in ["127.0.0.1", "proxy.test"] {
            let (error, log) = refused(url, |setting, address| {
                let proxy: ProxyUrl = format!("http://{host}:{}", address.port()).parse().unwrap();
                setting.egress = EgressPolicy::for_endpoint(url)
                    .unwrap()
                    .with_plain_http(PlainHttp::Anywhere)
                    .with_proxy(proxy.origin().clone(), AddressScope::Public);
                setting.proxies = Proxies::all(proxy);
            })
            .await;
            assert!(matches!(error, Error::DestinationIpProhibited), "{error:?}");
            assert_eq!(log.first_lines(), [""; 0], "{host}");
        }
    }
}

#[tokio::test]
async fn a_proxy_does_not_widen_what_a_tenant_may_reach() {
    let as_it_is = |_: &mut Setting, _: SocketAddr| {};
    // Addresses that the tenant's own scope does not hold.
    for url in [
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "http://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
    ] {
        let (error, log) = refused(url, as_it_is).await;
        assert!(
            matches!(error, Error::DestinationIpProhibited),
            "{url}: {error:?}"
        );
        assert_eq!(log.first_lines(), [""; 0], "{url}");
    }
    // An origin that is not on the list; the proxy itself is none.
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let setting = Setting::new("https://ai.test", address);
    for url in ["https://elsewhere.test/", &format!("http://{address}/")] {
        let error = setting.failure(url).await;
        assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");
    }
    assert_eq!(log.first_lines(), [""; 0]);
}

#[tokio::test]
async fn plain_http_through_a_proxy_must_be_meant() {
    let url = "http://ai.test/";
    let (error, log) = refused(url, |setting, _| {
        setting.egress = setting.egress.clone().with_plain_http(PlainHttp::default());
    })
    .await;
    assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");
    assert_eq!(log.first_lines(), [""; 0]);
}

#[tokio::test]
async fn a_virtual_host_does_not_get_lost_at_a_proxy() {
    let (server, certificate) = tls_server_for("ai.test").await;
    for (url, passes) in [("http://ai.test/", false), ("https://ai.test/", true)] {
        let (address, log) = proxy(Behaviour::LeadsTo(server)).await;
        let mut setting = Setting::new(url, address).trusting(&certificate);
        setting.egress = setting.egress.with_virtual_host("models.test");
        let mut request = get(url);
        let host = "models.test".parse().unwrap();
        request.headers_mut().insert("host", host);
        let result = soon(setting.client().send(request, PATIENT)).await;
        assert_eq!(result.is_ok(), passes, "{url}");
        assert_eq!(log.first_lines().len(), usize::from(passes), "{url}");
    }
}
