//! Opens connections: resolves a name, keeps the addresses that the tenant's
//! policy permits, connects to one of these, with TLS for `https`, all within the request's connect timeout.

use crate::egress::{EgressPolicy, Resolver, Scheme};
use crate::tls::RootCertificates;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use std::error::Error as StdError;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_service::Service;

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;
type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

tokio::task_local! {
    /// The connect timeout of the request that is being sent. The client's
    /// interface has no other way to pass it from the request.
    pub(super) static CONNECT_TIMEOUT: Duration;

    /// The scheme of the connection that is being opened, for the resolver,
    /// which gets the name alone.
    static SCHEME: Scheme;
}

/// What opens a tenant's connections.
pub(super) type Connector = Timed<HttpsConnector<HttpConnector<CheckedResolver>>>;

/// Makes a connector for HTTP and HTTPS, HTTP/1.1 and, where the server
/// offers it, HTTP/2; at most `at_one_time` connect at one time.
///
/// # Errors
///
/// If the TLS configuration cannot be built.
pub(super) fn new(
    policy: Arc<EgressPolicy>,
    resolver: Arc<dyn Resolver>,
    roots: &RootCertificates,
    at_one_time: usize,
) -> Result<Connector, rustls::Error> {
    let mut http = HttpConnector::new_with_resolver(CheckedResolver { policy, resolver });
    http.enforce_http(false);
    // A request's last bytes must not wait for an acknowledgement.
    http.set_nodelay(true);
    http.set_keepalive(Some(super::IDLE));
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls(roots)?)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(http);
    Ok(Timed {
        connector: https,
        connecting: Arc::new(Semaphore::new(at_one_time)),
    })
}

/// The tenant's own TLS: its roots, and its sessions, which no other tenant
/// resumes.
fn tls(roots: &RootCertificates) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(crypto());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots.store())
        .with_no_client_auth())
}

#[cfg(feature = "aws-lc-rs")]
fn crypto() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
fn crypto() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// A connection was not open in time.
#[derive(Debug, thiserror::Error)]
#[error("no connection within {0:?}")]
pub(super) struct ConnectTimedOut(Duration);

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
    #[error("the name leads only to addresses that the tenant may not reach")]
    Prohibited,
}

/// Resolves a name to those of its addresses that the policy permits.
#[derive(Clone)]
pub(super) struct CheckedResolver {
    policy: Arc<EgressPolicy>,
    resolver: Arc<dyn Resolver>,
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
        // If it is not known, the scheme that is permitted less.
        let scheme = SCHEME.try_with(|scheme| *scheme).unwrap_or(Scheme::Http);
        Box::pin(async move {
            let found = resolver.resolve(name.as_str()).await?;
            let permitted = permitted(&policy, scheme, &name, found)?;
            Ok(permitted.into_iter())
        })
    }
}

fn permitted(
    policy: &EgressPolicy,
    scheme: Scheme,
    name: &Name,
    found: Vec<IpAddr>,
) -> Result<Vec<SocketAddr>, ResolveFailure> {
    if found.is_empty() {
        return Err(ResolveFailure::NoAddress);
    }
    let permitted: Vec<_> = found
        .into_iter()
        .filter(|address| is_permitted(policy, scheme, name, *address))
        // The connector puts the port in.
        .map(|address| SocketAddr::new(address, 0))
        .collect();
    if permitted.is_empty() {
        return Err(ResolveFailure::Prohibited);
    }
    Ok(permitted)
}

fn is_permitted(policy: &EgressPolicy, scheme: Scheme, name: &Name, address: IpAddr) -> bool {
    match policy.check_address(scheme, address) {
        Ok(()) => true,
        Err(refusal) => {
            tracing::warn!(%name, %refusal, "egress refused");
            false
        }
    }
}

/// A connector that fails after the request's connect timeout, and opens no more
/// connections at a time than there may be requests. The client goes on
/// connecting when the request got another connection, or was dropped.
#[derive(Clone)]
pub(super) struct Timed<C> {
    connector: C,
    connecting: Arc<Semaphore>,
}

/// Longest time to open a connection, whatever timeout the component sets:
/// connecting may outlast the request, and even the call.
const LONGEST: Duration = Duration::from_mins(1);

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<C::Response, BoxError>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        ready!(self.connector.poll_ready(context)).map_err(Into::into)?;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            _ => Scheme::Http,
        };
        // The name is resolved when the connector is polled, wherever that is.
        let connecting = SCHEME.scope(scheme, self.connector.call(uri));
        let limit = CONNECT_TIMEOUT.try_with(|limit| *limit);
        let limit = limit.unwrap_or(LONGEST).min(LONGEST);
        let permit = Arc::clone(&self.connecting).acquire_owned();
        let connecting = async move {
            let _until_connected = permit.await;
            connecting.await
        };
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(result) => result.map_err(Into::into),
                Err(_) => Err(ConnectTimedOut(limit).into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ResolveFailure, permitted};
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
        permitted(&policy, scheme, &name, found.collect()).map(|kept| {
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
