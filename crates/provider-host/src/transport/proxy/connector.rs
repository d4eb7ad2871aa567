//! Opens a connection to a target, directly or through the proxy that the tenant
//! has for it.

use super::failure::{Problem, ProxyFailure, Waiting};
use super::stream::{Stream, Transport};
use super::tunnel;
use crate::egress::{EgressPolicy, Origin, Resolver, Scheme};
use crate::proxy::{Proxies, ProxyUrl};
use crate::transport::tcp::{
    BoxError, BoxFuture, CheckedResolver, ResolveFailure, addresses_of, connector,
};
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_service::Service;

/// TLS to proxies. HTTP/1.1 is spoken inside.
pub(in crate::transport) type ProxyTls = Arc<rustls::ClientConfig>;

/// A connector that goes through the tenant's proxies. Which one depends on the
/// target alone, so the client's pool, which keeps connections by target, never
/// mixes those of two proxies.
#[derive(Clone)]
pub(in crate::transport) struct Routed {
    pub(in crate::transport) direct: HttpConnector<CheckedResolver>,
    pub(in crate::transport) proxies: Arc<Proxies>,
    pub(in crate::transport) policy: Arc<EgressPolicy>,
    pub(in crate::transport) resolver: Arc<dyn Resolver>,
    pub(in crate::transport) tls: ProxyTls,
}

impl Service<Uri> for Routed {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<Stream, BoxError>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.direct.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let target = match Origin::of_uri(&uri) {
            Ok(target) => target,
            Err(error) => return Box::pin(async move { Err(error.into()) }),
        };
        let Some(proxy) = self.proxies.for_target(&target).cloned() else {
            let connecting = self.direct.call(uri);
            return Box::pin(async move {
                let connection = connecting.await?;
                Ok(Stream::EndToEnd(MaybeHttpsStream::Http(connection)))
            });
        };
        // `Transport::send` has checked the request already; nothing is opened on
        // its word alone.
        if let Err(refusal) = self.policy.check_proxied(&target, proxy.origin()) {
            return Box::pin(async move { Err(refusal.into()) });
        }
        let connecting = self.connect_to(&proxy, target.scheme);
        Box::pin(async move {
            let waiting = Waiting::for_proxy(&proxy);
            let through = async {
                let connection = connecting.await?;
                match target.scheme {
                    Scheme::Http => Ok(Stream::Forwarded(connection)),
                    Scheme::Https => tunnel::open(connection, &target, proxy.authorization())
                        .await
                        .map(Stream::EndToEnd),
                }
            };
            let through = through.await;
            waiting.end();
            through.map_err(|problem| {
                let failure = ProxyFailure::new(&proxy, problem);
                failure.log();
                failure.into()
            })
        })
    }
}

impl Routed {
    fn connect_to(&self, proxy: &ProxyUrl, target: Scheme) -> BoxFuture<Transport, Problem> {
        let http = connector(ProxyResolver {
            proxy: proxy.origin().clone(),
            target,
            policy: Arc::clone(&self.policy),
            resolver: Arc::clone(&self.resolver),
        });
        let mut https = HttpsConnector::from((http, Arc::clone(&self.tls)));
        let uri = proxy.origin().to_string().parse::<Uri>();
        Box::pin(async move {
            let uri = uri.map_err(|error| Problem::Connect(error.into()))?;
            https.call(uri).await.map_err(Problem::Connect)
        })
    }
}

/// Resolves a proxy's name to those of its addresses that the policy permits
/// for a proxy.
#[derive(Clone)]
struct ProxyResolver {
    proxy: Origin,
    /// The scheme of the request that is to go through it.
    target: Scheme,
    policy: Arc<EgressPolicy>,
    resolver: Arc<dyn Resolver>,
}

impl Service<Name> for ProxyResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = ResolveFailure;
    type Future = BoxFuture<Self::Response, ResolveFailure>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveFailure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let found = this.resolver.resolve(name.as_str()).await?;
            let check = |address| {
                this.policy
                    .check_proxy_address(this.target, &this.proxy, address)
            };
            Ok(addresses_of(&name, found, check)?.into_iter())
        })
    }
}
