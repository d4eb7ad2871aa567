//! A tenant's decision on requests through a forward proxy.
//!
//! Two things are decided apart: the target, as for any request, and the proxy,
//! which needs a permission of its own with an address scope of its own. What
//! cannot be decided here is where a target's *name* leads: the proxy resolves
//! it. Permitting a proxy is therefore the consent to that.

use super::{EgressDenied, EgressPolicy, PlainHttp};
use crate::egress::address::{AddressKind, AddressScope};
use crate::egress::allowed_proxy::AllowedProxy;
use crate::egress::origin::{Host, Origin, Scheme};
use std::net::{IpAddr, Ipv4Addr};

impl EgressPolicy {
    /// The same, and requests may go through the forward proxy `proxy`, if it is
    /// at an address of `scope`. The scope is the proxy's alone: a proxy in a
    /// private network does not open that network to the tenant's requests.
    ///
    /// The list of origins holds as before, and so does the scope where a URL
    /// names its target by address, or as `localhost`. But where the URL names
    /// it by name, the proxy resolves the name, and this policy does not see the
    /// address: permit only proxies that refuse what the tenant must not reach.
    /// For the same reason `http` targets with a name need
    /// [`PlainHttp::Anywhere`].
    #[must_use]
    pub fn with_proxy(mut self, proxy: Origin, scope: AddressScope) -> Self {
        self.proxies.push(AllowedProxy {
            origin: proxy,
            scope,
        });
        self
    }

    /// Decides on a proxy, by its origin.
    ///
    /// # Errors
    ///
    /// If the policy does not permit it.
    pub fn check_proxy(&self, proxy: &Origin) -> Result<(), EgressDenied> {
        if self.proxies.iter().any(|allowed| allowed.origin == *proxy) {
            Ok(())
        } else {
            Err(EgressDenied::Proxy(proxy.clone()))
        }
    }

    /// Decides on sending a request for `target` through `proxy`. That the
    /// target may be reached at all is for
    /// [`check_request`](Self::check_request).
    ///
    /// # Errors
    ///
    /// If the request is refused.
    pub fn check_proxied(&self, target: &Origin, proxy: &Origin) -> Result<(), EgressDenied> {
        self.check_proxy(proxy)?;
        if let Host::Name(name) = &target.host {
            if name == "localhost" || name.ends_with(".localhost") {
                self.check_address(target.scheme, IpAddr::V4(Ipv4Addr::LOCALHOST))?;
            }
            if target.scheme == Scheme::Http && self.plain_http != PlainHttp::Anywhere {
                return Err(EgressDenied::PlainHttpThroughProxy(target.clone()));
            }
        }
        match proxy.host {
            Host::Address(address) => self.check_proxy_address(target.scheme, proxy, address),
            Host::Name(_) => Ok(()),
        }
    }

    /// Decides on an address that the name of `proxy` resolved to. `target` is
    /// the scheme of the request: an `http` one can be read on its way to the
    /// proxy too.
    ///
    /// # Errors
    ///
    /// If the address is refused.
    pub fn check_proxy_address(
        &self,
        target: Scheme,
        proxy: &Origin,
        address: IpAddr,
    ) -> Result<(), EgressDenied> {
        let kind = AddressKind::of(address);
        let mut allowed = self.proxies.iter().filter(|known| known.origin == *proxy);
        if !allowed.any(|known| known.scope.permits(kind)) {
            return Err(EgressDenied::Address { address, kind });
        }
        match (target, proxy.scheme) {
            (Scheme::Http, Scheme::Http) if !self.plain_http.permits(kind) => {
                Err(EgressDenied::PlainHttp(address))
            }
            (Scheme::Http | Scheme::Https, Scheme::Http | Scheme::Https) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressScope, EgressDenied, EgressPolicy, Origin, PlainHttp, Scheme};

    const PROXY: &str = "http://proxy.test:3128";

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    fn policy(scope: AddressScope) -> EgressPolicy {
        EgressPolicy::deny_all().with_proxy(origin(PROXY), scope)
    }

    #[test]
    fn a_proxy_needs_a_permission_of_its_own() {
        let target = origin("https://ai.test");
        let none = EgressPolicy::for_endpoint("https://ai.test").unwrap();
        let refused = none.check_proxied(&target, &origin(PROXY));
        assert_eq!(refused, Err(EgressDenied::Proxy(origin(PROXY))));
        // Being on the list of origins is not enough, nor is another port.
        let as_target = EgressPolicy::for_endpoint(PROXY).unwrap();
        assert!(as_target.check_proxied(&target, &origin(PROXY)).is_err());
        let policy = policy(AddressScope::Public);
        assert_eq!(policy.check_proxied(&target, &origin(PROXY)), Ok(()));
        let elsewhere = origin("http://proxy.test:3129");
        assert!(policy.check_proxied(&target, &elsewhere).is_err());
    }

    #[test]
    fn a_proxy_is_not_a_target() {
        let uri = PROXY.parse().unwrap();
        let refused = policy(AddressScope::Public).check_request(&uri);
        assert!(
            matches!(refused, Err(EgressDenied::Origin(_))),
            "{refused:?}"
        );
    }

    #[test]
    fn a_proxy_s_address_is_held_to_the_proxy_s_scope() {
        let check = |policy: &EgressPolicy, address: &str| {
            policy.check_proxy_address(Scheme::Https, &origin(PROXY), address.parse().unwrap())
        };
        let narrow = policy(AddressScope::Public).with_scope(AddressScope::PublicAndPrivate);
        assert!(check(&narrow, "10.0.0.1").is_err());
        assert_eq!(check(&narrow, "8.8.8.8"), Ok(()));
        let wide = policy(AddressScope::PublicAndPrivate);
        assert_eq!(check(&wide, "10.0.0.1"), Ok(()));
        assert!(check(&wide, "169.254.169.254").is_err());
        // The permission does not widen what requests may reach.
        let address = "10.0.0.1".parse().unwrap();
        assert!(wide.check_address(Scheme::Https, address).is_err());
    }

    #[test]
    fn a_proxy_named_by_address_is_checked_at_once() {
        let proxy = origin("http://127.0.0.1:3128");
        let target = origin("https://ai.test");
        let policy = EgressPolicy::deny_all().with_proxy(proxy.clone(), AddressScope::Public);
        let refused = policy.check_proxied(&target, &proxy);
        assert!(
            matches!(refused, Err(EgressDenied::Address { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn localhost_is_this_machine_behind_a_proxy_too() {
        let policy = policy(AddressScope::PublicAndPrivate);
        for name in ["https://localhost", "https://a.localhost:8443"] {
            let refused = policy.check_proxied(&origin(name), &origin(PROXY));
            assert!(
                matches!(refused, Err(EgressDenied::Address { .. })),
                "{name}"
            );
        }
        let policy = policy.with_scope(AddressScope::PublicAndPrivate);
        let target = origin("https://localhost");
        assert_eq!(policy.check_proxied(&target, &origin(PROXY)), Ok(()));
    }

    #[test]
    fn a_plain_http_target_with_a_name_may_be_anywhere() {
        let policy = policy(AddressScope::Public);
        let target = origin("http://ai.test");
        let refused = policy.check_proxied(&target, &origin(PROXY));
        assert_eq!(
            refused,
            Err(EgressDenied::PlainHttpThroughProxy(target.clone()))
        );
        let policy = policy.with_plain_http(PlainHttp::Anywhere);
        assert_eq!(policy.check_proxied(&target, &origin(PROXY)), Ok(()));
    }

    #[test]
    fn a_plain_http_request_does_not_cross_the_internet_to_its_proxy_either() {
        let address = "8.8.8.8".parse().unwrap();
        let tls = origin("https://proxy.test:3128");
        let policy = policy(AddressScope::Public).with_proxy(tls.clone(), AddressScope::Public);
        let check = |proxy: &Origin| policy.check_proxy_address(Scheme::Http, proxy, address);
        assert_eq!(check(&origin(PROXY)), Err(EgressDenied::PlainHttp(address)));
        assert_eq!(check(&tls), Ok(()));
    }
}
