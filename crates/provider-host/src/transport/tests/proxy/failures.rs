//! Proxies that refuse, hang up, stay silent or never end.

use super::*;

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
