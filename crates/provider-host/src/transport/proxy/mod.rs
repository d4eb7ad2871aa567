//! Requests through a forward proxy: which ones go through it, and what differs
//! for them.
//!
//! A request to an `https` URL goes through a [`tunnel`] and is the same inside
//! it. One to an `http` URL is sent to the proxy with the whole URL in its first
//! line, and with the proxy's credentials in its head.

mod connector;
mod failure;
mod stream;
mod tunnel;

pub(super) use connector::{ProxyTls, Routed};
pub(super) use failure::{Problem, ProxyFailure};

use crate::egress::{EgressDenied, EgressPolicy, Origin, Scheme};
use crate::proxy::{Proxies, ProxyUrl};
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, StatusCode};

/// The way of one request.
pub(super) enum Way<'a> {
    /// To the target, or through a tunnel to it.
    EndToEnd,
    /// To the proxy, which repeats it to the target.
    Forwarded(&'a ProxyUrl),
}

impl<'a> Way<'a> {
    /// The way of `request`, if the policy permits it.
    pub(super) fn of<B>(
        request: &http::Request<B>,
        proxies: &'a Proxies,
        policy: &EgressPolicy,
    ) -> Result<Self, EgressDenied> {
        let target = Origin::of_uri(request.uri())?;
        let Some(proxy) = proxies.for_target(&target) else {
            return Ok(Self::EndToEnd);
        };
        policy.check_proxied(&target, proxy.origin())?;
        match target.scheme {
            Scheme::Https => Ok(Self::EndToEnd),
            Scheme::Http if has_virtual_host(request) => Err(EgressDenied::VirtualHostThroughProxy),
            // A proxy answers `TRACE` with the request that it received, its own
            // credentials included (RFC 9110 §9.3.8), and opens a tunnel for
            // `CONNECT`.
            Scheme::Http if [Method::TRACE, Method::CONNECT].contains(request.method()) => {
                Err(EgressDenied::MethodThroughProxy)
            }
            Scheme::Http => Ok(Self::Forwarded(proxy)),
        }
    }

    /// Adds to a request's head what the way needs.
    pub(super) fn prepare<B>(&self, request: &mut http::Request<B>) {
        let fields = request.headers_mut();
        // Whatever a component wrote there is not for the proxy.
        fields.remove(PROXY_AUTHORIZATION);
        if let Self::Forwarded(proxy) = self
            && let Some(authorization) = proxy.authorization()
        {
            fields.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
    }

    /// Whether a response comes from beyond the proxy, as far as its head tells.
    pub(super) fn check<B>(&self, response: &http::Response<B>) -> Result<(), ProxyFailure> {
        match self {
            Self::Forwarded(proxy)
                if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED =>
            {
                let failure = ProxyFailure::refused(proxy, response.status());
                failure.log();
                Err(failure)
            }
            Self::EndToEnd | Self::Forwarded(_) => Ok(()),
        }
    }
}

/// Whether a request names another host than its URL does.
fn has_virtual_host<B>(request: &http::Request<B>) -> bool {
    let own = request.uri().authority().map(http::uri::Authority::as_str);
    let named = request.headers().get(HOST);
    named.is_some_and(|named| {
        let named = named.to_str().ok();
        !named
            .zip(own)
            .is_some_and(|(named, own)| named.eq_ignore_ascii_case(own))
    })
}
