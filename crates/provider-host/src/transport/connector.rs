//! Opens connections: to one of the addresses that the tenant's policy permits,
//! directly or through a proxy, and with TLS where asked, all within the
//! request's connect timeout.

use super::proxy::{ProxyTls, Routed};
use super::tcp::{self, BoxError, BoxFuture, CheckedResolver, of_scheme};
use crate::egress::{EgressPolicy, Resolver, Scheme};
use crate::proxy::Proxies;
use crate::tls::RootCertificates;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_service::Service;

tokio::task_local! {
    /// The connect timeout of the request that is being sent. The client's
    /// interface has no other way to pass it from the request.
    pub(super) static CONNECT_TIMEOUT: Duration;
}

/// What opens a tenant's connections.
pub(super) type Connector = Timed<HttpsConnector<Routed>>;

/// Makes a connector for HTTP and HTTPS, HTTP/1.1 and, where the server
/// offers it, HTTP/2; at most `at_one_time` connect at one time.
///
/// # Errors
///
/// If the TLS configuration cannot be built.
pub(super) fn new(
    policy: Arc<EgressPolicy>,
    proxies: Arc<Proxies>,
    resolver: Arc<dyn Resolver>,
    roots: &RootCertificates,
    at_one_time: usize,
) -> Result<Connector, rustls::Error> {
    let tls = tls(roots)?;
    let routed = Routed {
        direct: tcp::connector(CheckedResolver {
            policy: Arc::clone(&policy),
            resolver: Arc::clone(&resolver),
        }),
        proxies,
        policy,
        resolver,
        tls: ProxyTls::new(tls.clone()),
    };
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(routed);
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

/// A connector that gives up after the request's connect timeout, and works on
/// no more connections at a time than there may be requests. The client goes on
/// connecting when the request has found another way, or is gone.
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
        let connecting = of_scheme(scheme, self.connector.call(uri));
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
