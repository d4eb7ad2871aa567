//! What a tenant's policy permits with a proxy.

use super::server::Log;
use super::*;

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
async fn plain_http_through_a_proxy_to_a_name_needs_an_opt_in() {
    let url = "http://ai.test/";
    let (error, log) = refused(url, |setting, _| {
        setting.egress = setting.egress.clone().with_plain_http(PlainHttp::default());
    })
    .await;
    assert!(matches!(error, Error::HttpRequestDenied), "{error:?}");
    assert_eq!(log.first_lines(), [""; 0]);
}

/// A proxy answers `TRACE` with the request that it received, its own
/// credentials included.
#[tokio::test]
async fn a_method_that_a_proxy_serves_itself_is_not_sent_to_it() {
    let (address, log) = proxy(Behaviour::LeadsTo(echo().await)).await;
    let url = "http://ai.test/";
    let setting = Setting::new(url, address);
    for method in [http::Method::TRACE, http::Method::CONNECT] {
        let mut request = get(url);
        *request.method_mut() = method;
        let result = soon(setting.client().send(request, PATIENT)).await;
        assert!(matches!(result, Err(Error::HttpRequestDenied)));
    }
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
