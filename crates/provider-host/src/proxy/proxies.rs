//! Which proxy the requests to an origin go through.

use super::no_proxy::NoProxy;
use super::url::ProxyUrl;
use crate::egress::{Origin, Scheme};

/// The forward proxies of a tenant. The default is to use none.
///
/// An `https` request goes through a tunnel (`CONNECT`) and is encrypted from
/// the host to its target; the proxy learns the target's name and port. An
/// `http` request is sent to the proxy whole, with its target's URL.
///
/// Naming a proxy here does not permit it: the tenant's
/// [`EgressPolicy`](crate::egress::EgressPolicy::with_proxy) must.
///
/// ```
/// use provider_host::egress::{AddressScope, EgressPolicy};
/// use provider_host::proxy::{Proxies, ProxyUrl};
///
/// let proxy: ProxyUrl = "http://proxy.example.com:3128".parse()?;
/// let egress = EgressPolicy::for_endpoint("https://gateway.example.com")?
///     .with_proxy(proxy.origin().clone(), AddressScope::Public);
/// let proxies = Proxies::all(proxy).with_no_proxy("localhost,.internal,10.0.0.0/8".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    pub(super) http: Option<ProxyUrl>,
    pub(super) https: Option<ProxyUrl>,
    pub(super) no_proxy: NoProxy,
}

impl Proxies {
    /// No proxy: every request goes to its target directly.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One proxy for all requests.
    #[must_use]
    pub fn all(proxy: ProxyUrl) -> Self {
        Self::none().with_http(proxy.clone()).with_https(proxy)
    }

    /// The same, with `proxy` for requests to `http` URLs.
    #[must_use]
    pub fn with_http(self, proxy: ProxyUrl) -> Self {
        Self {
            http: Some(proxy),
            ..self
        }
    }

    /// The same, with `proxy` for requests to `https` URLs.
    #[must_use]
    pub fn with_https(self, proxy: ProxyUrl) -> Self {
        Self {
            https: Some(proxy),
            ..self
        }
    }

    /// The same, with requests to the targets in `no_proxy` sent directly.
    #[must_use]
    pub fn with_no_proxy(self, no_proxy: NoProxy) -> Self {
        Self { no_proxy, ..self }
    }

    /// The proxy that a request to `target` goes through, if it goes through
    /// one.
    #[must_use]
    pub fn for_target(&self, target: &Origin) -> Option<&ProxyUrl> {
        let proxy = match target.scheme {
            Scheme::Http => self.http.as_ref(),
            Scheme::Https => self.https.as_ref(),
        };
        proxy.filter(|_| !self.no_proxy.contains(target))
    }

    /// The origins of all proxies here, for
    /// [`EgressPolicy::with_proxy`](crate::egress::EgressPolicy::with_proxy).
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.http.iter().chain(&self.https).map(ProxyUrl::origin)
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxies, ProxyUrl};
    use crate::egress::Origin;

    fn chosen(proxies: &Proxies, target: &str) -> Option<String> {
        let target: Origin = target.parse().unwrap();
        let proxy = proxies.for_target(&target)?;
        Some(proxy.origin().to_string())
    }

    fn url(text: &str) -> ProxyUrl {
        text.parse().unwrap()
    }

    #[test]
    fn each_scheme_has_a_proxy_of_its_own() {
        let proxies = Proxies::all(url("http://both:1")).with_https(url("http://tls:2"));
        assert_eq!(chosen(&proxies, "http://a.test").unwrap(), "http://both:1");
        assert_eq!(chosen(&proxies, "https://a.test").unwrap(), "http://tls:2");
        assert_eq!(chosen(&Proxies::none(), "https://a.test"), None);
    }

    #[test]
    fn exceptions_have_no_proxy() {
        let proxies =
            Proxies::all(url("http://both:1")).with_no_proxy("a.test, 10.0.0.0/8".parse().unwrap());
        assert_eq!(chosen(&proxies, "https://a.test"), None);
        assert_eq!(chosen(&proxies, "http://10.1.2.3:8080"), None);
        assert!(chosen(&proxies, "https://b.test").is_some());
    }

    #[test]
    fn no_password_is_printed() {
        let proxies = Proxies::all(url("http://user:secret-word@both:1"));
        let printed = format!("{proxies:?}");
        assert!(printed.contains("both"), "{printed}");
        assert!(!printed.contains("secret-word"), "{printed}");
    }
}
