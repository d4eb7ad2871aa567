//! A tenant's decision on a request and on an address.

mod proxy;

use super::address::{AddressKind, AddressScope};
use super::allowed::AllowedOrigin;
use super::allowed_proxy::AllowedProxy;
use super::origin::{Host, Origin, OriginError, Scheme};
use std::net::IpAddr;

/// Where one tenant's component may connect to. The empty policy refuses
/// everything.
///
/// ```
/// use provider_host::egress::{AddressScope, EgressPolicy};
///
/// let policy = EgressPolicy::for_endpoint("http://127.0.0.1:8080/prefix")?
///     .with_scope(AddressScope::PublicAndPrivate);
/// let request = "http://127.0.0.1:8080/prefix/v1/chat/completions".parse().unwrap();
/// assert!(policy.check_request(&request).is_ok());
/// let elsewhere = "http://127.0.0.1:9090/".parse().unwrap();
/// assert!(policy.check_request(&elsewhere).is_err());
/// # Ok::<(), provider_host::egress::OriginError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    allowed: Vec<AllowedOrigin>,
    scope: AddressScope,
    plain_http: PlainHttp,
    /// In lower case.
    virtual_hosts: Vec<String>,
    proxies: Vec<AllowedProxy>,
}

/// Where requests may go without TLS, once the list has an `http` origin for
/// them: their keys can be read on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlainHttp {
    /// To this machine and to private networks, where the scope permits these.
    #[default]
    WithinPrivateNetworks,
    /// Also across the internet.
    Anywhere,
}

impl PlainHttp {
    /// Whether addresses of `kind` may be reached without TLS.
    #[must_use]
    pub fn permits(self, kind: AddressKind) -> bool {
        match self {
            Self::Anywhere => true,
            Self::WithinPrivateNetworks => kind != AddressKind::Public,
        }
    }
}

/// Why a connection was refused, before anything was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EgressDenied {
    /// The request does not name an origin.
    #[error("the request's URL is refused: {0}")]
    Request(#[from] OriginError),
    /// The origin is not on the tenant's list.
    #[error("{0} is not on the tenant's list of origins; add it, or correct the endpoint")]
    Origin(Origin),
    /// The address is of a kind that the tenant may not reach.
    #[error("{address} is a {kind} address, outside the tenant's address scope")]
    Address {
        /// The address in the URL, or the one that the name resolved to.
        address: IpAddr,
        /// Its kind.
        kind: AddressKind,
    },
    /// The request names a host in its `Host` field that is neither its
    /// origin's nor on the tenant's list, or several.
    #[error(
        "the request's Host is not its origin's, nor a virtual host of the tenant; add it to these, or leave it out"
    )]
    VirtualHost,
    /// The address may be reached, but not without TLS.
    #[error(
        "{0} is a public address, and plain http to public addresses is not permitted; use https"
    )]
    PlainHttp(IpAddr),
    /// The tenant's requests may not go through this proxy.
    #[error("{0} is not on the tenant's list of proxies; add it with `EgressPolicy::with_proxy`")]
    Proxy(Origin),
    /// A proxy would resolve the target's name, and send the request there
    /// without TLS.
    #[error(
        "plain http to {0} through a proxy may cross the internet; use https, permit plain http anywhere, or exempt the target from the proxy"
    )]
    PlainHttpThroughProxy(Origin),
    /// A request without TLS names another host than its URL. A proxy replaces
    /// the `Host` field by the URL's host.
    #[error(
        "a proxy does not pass on the virtual host of a plain http request; use https, or exempt the target from the proxy"
    )]
    VirtualHostThroughProxy,
    /// A request without TLS has the method `TRACE` or `CONNECT`, which a proxy
    /// serves itself.
    #[error("`TRACE` and `CONNECT` are not sent through a proxy")]
    MethodThroughProxy,
}

impl EgressPolicy {
    /// Refuses everything.
    #[must_use]
    pub fn deny_all() -> Self {
        Self::default()
    }

    /// Allows these origins, at public addresses and by TLS.
    #[must_use]
    pub fn allow_origins(origins: impl IntoIterator<Item = impl Into<AllowedOrigin>>) -> Self {
        Self {
            allowed: origins.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Allows the origin of the tenant's endpoint URL, at public addresses and
    /// by TLS.
    ///
    /// # Errors
    ///
    /// If `url` has no origin: see [`Origin::of_url`].
    pub fn for_endpoint(url: &str) -> Result<Self, OriginError> {
        Ok(Self::allow_origins([Origin::of_url(url)?]))
    }

    /// The same, and requests may go to `origin`.
    #[must_use]
    pub fn with_origin(mut self, origin: impl Into<AllowedOrigin>) -> Self {
        self.allowed.push(origin.into());
        self
    }

    /// The same, and requests may name `host` in their `Host` field. A gateway
    /// routes by that field, so a component that may choose it may choose among
    /// all that the gateway serves.
    #[must_use]
    pub fn with_virtual_host(mut self, host: &str) -> Self {
        self.virtual_hosts.push(host.trim().to_ascii_lowercase());
        self
    }

    /// The same origins, at the addresses of `scope`.
    #[must_use]
    pub fn with_scope(self, scope: AddressScope) -> Self {
        Self { scope, ..self }
    }

    /// The same origins, with `http` ones where `plain_http` says.
    #[must_use]
    pub fn with_plain_http(self, plain_http: PlainHttp) -> Self {
        Self { plain_http, ..self }
    }

    /// The allowed origins.
    #[must_use]
    pub fn allowed(&self) -> &[AllowedOrigin] {
        &self.allowed
    }

    /// Decides on a request by its URI: the origin, and the address if the
    /// URI names the host by one.
    ///
    /// # Errors
    ///
    /// If the request is refused.
    pub fn check_request(&self, uri: &http::Uri) -> Result<(), EgressDenied> {
        let origin = Origin::of_uri(uri)?;
        if !self.allowed.iter().any(|allowed| allowed.matches(&origin)) {
            return Err(EgressDenied::Origin(origin));
        }
        match origin.host {
            Host::Address(address) => self.check_address(origin.scheme, address),
            Host::Name(_) => Ok(()),
        }
    }

    /// Decides on what a request to `uri` says in its `Host` field, if it has
    /// one.
    ///
    /// # Errors
    ///
    /// If the request is refused.
    pub fn check_host(
        &self,
        uri: &http::Uri,
        fields: &http::HeaderMap,
    ) -> Result<(), EgressDenied> {
        let mut hosts = fields.get_all(http::header::HOST).iter();
        let Some(host) = hosts.next() else {
            return Ok(());
        };
        let host = host.to_str().map_err(|_| EgressDenied::VirtualHost)?;
        let own = uri.authority().map(http::uri::Authority::as_str);
        let is_known = own.is_some_and(|own| own.eq_ignore_ascii_case(host))
            || self
                .virtual_hosts
                .iter()
                .any(|known| known.eq_ignore_ascii_case(host));
        if is_known && hosts.next().is_none() {
            Ok(())
        } else {
            Err(EgressDenied::VirtualHost)
        }
    }

    /// Decides on an address that the name of an origin resolved to.
    ///
    /// # Errors
    ///
    /// If the address is refused.
    pub fn check_address(&self, scheme: Scheme, address: IpAddr) -> Result<(), EgressDenied> {
        let kind = AddressKind::of(address);
        if !self.scope.permits(kind) {
            return Err(EgressDenied::Address { address, kind });
        }
        match scheme {
            Scheme::Http if !self.plain_http.permits(kind) => Err(EgressDenied::PlainHttp(address)),
            Scheme::Http | Scheme::Https => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressScope, EgressDenied, EgressPolicy, PlainHttp};

    fn decide(policy: &EgressPolicy, url: &str) -> Result<(), EgressDenied> {
        policy.check_request(&url.parse().unwrap())
    }

    #[test]
    fn an_empty_policy_refuses_everything() {
        let policy = EgressPolicy::deny_all();
        assert!(matches!(
            decide(&policy, "https://example.com/"),
            Err(EgressDenied::Origin(_))
        ));
    }

    #[test]
    fn only_the_same_scheme_host_and_port_pass() {
        let policy = EgressPolicy::for_endpoint("https://ai.example.com/base").unwrap();
        for url in [
            "https://ai.example.com/",
            "https://ai.example.com:443/other/path?x=1",
            "https://AI.EXAMPLE.COM./",
        ] {
            assert_eq!(decide(&policy, url), Ok(()), "{url}");
        }
        for url in [
            "http://ai.example.com/",
            "https://ai.example.com:8443/",
            "https://example.com/",
            "https://sub.ai.example.com/",
            "https://ai.example.com.evil.test/",
            "https://evil.test/ai.example.com",
        ] {
            assert!(
                matches!(decide(&policy, url), Err(EgressDenied::Origin(_))),
                "{url}"
            );
        }
    }

    #[test]
    fn user_information_is_refused_even_for_an_allowed_host() {
        let policy = EgressPolicy::for_endpoint("https://ai.example.com").unwrap();
        assert!(matches!(
            decide(&policy, "https://key@ai.example.com/"),
            Err(EgressDenied::Request(_))
        ));
    }

    #[test]
    fn a_literal_private_address_needs_the_wider_scope() {
        let policy = EgressPolicy::for_endpoint("http://10.1.2.3:8080").unwrap();
        assert!(matches!(
            decide(&policy, "http://10.1.2.3:8080/"),
            Err(EgressDenied::Address { .. })
        ));
        let policy = policy.with_scope(AddressScope::PublicAndPrivate);
        assert_eq!(decide(&policy, "http://10.1.2.3:8080/"), Ok(()));
    }

    #[test]
    fn a_request_names_its_own_host_or_one_that_the_tenant_has() {
        let policy = EgressPolicy::for_endpoint(" https://ai.example.com/v1 ")
            .unwrap()
            .with_virtual_host(" Models.Example ");
        let uri = "https://ai.example.com/v1".parse().unwrap();
        let decide = |hosts: &[&'static str]| {
            let fields = hosts
                .iter()
                .map(|host| (http::header::HOST, http::HeaderValue::from_static(host)));
            policy.check_host(&uri, &fields.collect())
        };
        for hosts in [
            &[][..],
            &["ai.example.com"],
            &["AI.example.com"],
            &["models.example"],
        ] {
            assert_eq!(decide(hosts), Ok(()), "{hosts:?}");
        }
        for hosts in [
            &["console.internal"][..],
            &["example.com"],
            &["ai.example.com:8443"],
            &["models.example", "models.example"],
            &["ai.example.com", "console.internal"],
        ] {
            assert_eq!(decide(hosts), Err(EgressDenied::VirtualHost), "{hosts:?}");
        }
    }

    #[test]
    fn plain_http_does_not_cross_the_internet_unless_that_is_meant() {
        let policy = EgressPolicy::for_endpoint("http://8.8.8.8").unwrap();
        let wide = policy.clone().with_scope(AddressScope::PublicAndPrivate);
        for policy in [policy.clone(), wide] {
            assert!(matches!(
                decide(&policy, "http://8.8.8.8/"),
                Err(EgressDenied::PlainHttp(_))
            ));
        }
        let policy = policy.with_plain_http(PlainHttp::Anywhere);
        assert_eq!(decide(&policy, "http://8.8.8.8/"), Ok(()));
    }

    #[test]
    fn metadata_is_out_of_reach_in_every_scope_and_spelling() {
        for host in [
            "169.254.169.254",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fd00:ec2::254]",
            "100.100.100.200",
        ] {
            let url = format!("http://{host}/latest/meta-data");
            let policy = EgressPolicy::for_endpoint(&url)
                .unwrap()
                .with_scope(AddressScope::PublicAndPrivate);
            assert!(
                matches!(decide(&policy, &url), Err(EgressDenied::Address { .. })),
                "{url}"
            );
        }
    }
}
