//! TCP connections to names: resolves a name, keeps the addresses that the
//! tenant's policy permits, and connects to one of these.

use crate::egress::{EgressDenied, EgressPolicy, Resolver, Scheme};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use std::error::Error as StdError;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service;

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;
pub(super) type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

tokio::task_local! {
    /// The scheme of the connection that is being opened, for the resolver,
    /// which is given the name alone.
    static SCHEME: Scheme;
}

/// Runs `connecting`, in which names are resolved for a request of `scheme`.
pub(super) fn of_scheme<F: Future>(
    scheme: Scheme,
    connecting: F,
) -> impl Future<Output = F::Output> {
    SCHEME.scope(scheme, connecting)
}

/// How long an unused connection is kept. Shorter than the idle timeout of
/// the usual proxies (60 s and more), so that a request seldom meets a
/// connection that the other side is about to close.
pub(super) const IDLE: Duration = Duration::from_secs(30);

/// A connector for TCP, by the names that `resolver` knows.
pub(super) fn connector<R>(resolver: R) -> HttpConnector<R> {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    // A request's last bytes must not wait for an acknowledgement.
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(IDLE));
    tcp
}

/// A name did not lead to an address that may be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveFailure {
    /// The lookup failed.
    #[error("lookup failed: {0}")]
    Lookup(#[from] std::io::Error),
    /// The name has no address.
    #[error("the name has no address")]
    NoAddress,
    /// All the name's addresses are refused.
    #[error("the name resolves only to addresses outside the tenant's address scope")]
    Prohibited,
}

/// Resolves a name to those of its addresses that the policy permits.
#[derive(Clone)]
pub(super) struct CheckedResolver {
    pub(super) policy: Arc<EgressPolicy>,
    pub(super) resolver: Arc<dyn Resolver>,
}

impl Service<Name> for CheckedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = ResolveFailure;
    type Future = BoxFuture<Self::Response, ResolveFailure>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveFailure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = Arc::clone(&self.policy);
        let resolver = Arc::clone(&self.resolver);
        // Without a word on it, the scheme that is permitted less.
        let scheme = SCHEME.try_with(|scheme| *scheme).unwrap_or(Scheme::Http);
        Box::pin(async move {
            let found = resolver.resolve(name.as_str()).await?;
            let check = |address| policy.check_address(scheme, address);
            Ok(addresses_of(&name, found, check)?.into_iter())
        })
    }
}

/// Those of the addresses `found` for `name` that pass `check`.
pub(super) fn addresses_of(
    name: &Name,
    found: Vec<IpAddr>,
    check: impl Fn(IpAddr) -> Result<(), EgressDenied>,
) -> Result<Vec<SocketAddr>, ResolveFailure> {
    if found.is_empty() {
        return Err(ResolveFailure::NoAddress);
    }
    let permitted: Vec<_> = found
        .into_iter()
        .filter(|address| match check(*address) {
            Ok(()) => true,
            Err(refusal) => {
                tracing::warn!(%name, %refusal, "egress refused");
                false
            }
        })
        // The connector puts the port in.
        .map(|address| SocketAddr::new(address, 0))
        .collect();
    if permitted.is_empty() {
        return Err(ResolveFailure::Prohibited);
    }
    Ok(permitted)
}

#[cfg(test)]
mod tests {
    use super::{ResolveFailure, addresses_of};
    use crate::egress::{AddressScope, EgressPolicy, Scheme};
    use hyper_util::client::legacy::connect::dns::Name;

    fn resolve(
        scope: AddressScope,
        scheme: Scheme,
        found: &[&str],
    ) -> Result<Vec<String>, ResolveFailure> {
        let name: Name = "example.test".parse().unwrap();
        let found = found.iter().map(|address| address.parse().unwrap());
        let policy = EgressPolicy::deny_all().with_scope(scope);
        let check = |address| policy.check_address(scheme, address);
        addresses_of(&name, found.collect(), check).map(|kept| {
            kept.iter()
                .map(|address| address.ip().to_string())
                .collect()
        })
    }

    #[test]
    fn only_permitted_addresses_of_a_name_are_connected_to() {
        let kept = resolve(
            AddressScope::Public,
            Scheme::Https,
            &["10.0.0.1", "93.184.215.14", "::1", "169.254.169.254"],
        );
        assert_eq!(kept.unwrap(), ["93.184.215.14"]);
    }

    #[test]
    fn plain_http_is_kept_within_private_networks() {
        let found = &["10.0.0.1", "93.184.215.14"];
        let kept = resolve(AddressScope::PublicAndPrivate, Scheme::Http, found);
        assert_eq!(kept.unwrap(), ["10.0.0.1"]);
        let kept = resolve(AddressScope::Public, Scheme::Http, found);
        assert!(matches!(kept, Err(ResolveFailure::Prohibited)));
    }

    #[test]
    fn a_name_with_only_private_addresses_is_refused() {
        let found = &["127.0.0.1", "::ffff:10.0.0.1"];
        let kept = resolve(AddressScope::Public, Scheme::Https, found);
        assert!(matches!(kept, Err(ResolveFailure::Prohibited)));
    }

    #[test]
    fn a_name_that_turns_to_metadata_is_refused_in_the_wider_scope_too() {
        let found = &["169.254.169.254"];
        let kept = resolve(AddressScope::PublicAndPrivate, Scheme::Http, found);
        assert!(matches!(kept, Err(ResolveFailure::Prohibited)));
    }

    #[test]
    fn a_name_without_addresses_is_not_found() {
        let kept = resolve(AddressScope::Public, Scheme::Https, &[]);
        assert!(matches!(kept, Err(ResolveFailure::NoAddress)));
    }
}
