//! What goes wrong between the host and a forward proxy, before a request has
//! left.
//!
//! The error codes of wasi:http do not mention proxies, so the log names the
//! proxy and what it did.

use crate::egress::Origin;
use crate::proxy::ProxyUrl;
use crate::transport::tcp::BoxError;
use http::StatusCode;

/// A proxy did not open the way to a target.
#[derive(Debug, thiserror::Error)]
#[error("proxy {proxy}: {problem}")]
pub(in crate::transport) struct ProxyFailure {
    /// Without its credentials.
    proxy: Origin,
    problem: Problem,
}

/// What a proxy did.
#[derive(Debug, thiserror::Error)]
pub(in crate::transport) enum Problem {
    /// There is no connection to it.
    #[error("no connection: {0}")]
    Connect(BoxError),
    /// It answered with an error.
    #[error("it refused the request with status {0}{advice}", advice = advice(*.0))]
    Refused(StatusCode),
    /// It closed the connection, or its response cannot be read or is too long.
    #[error("its response to CONNECT cannot be used: {0}")]
    Response(#[from] hyper::Error),
    /// It sent something on behalf of a target to which nothing was sent.
    #[error("data arrived through the tunnel before the request was sent")]
    EarlyData,
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            "; check the user name and password of its URL"
        }
        status if status.is_client_error() => "; it may not permit the target's host or port",
        status if status.is_server_error() => "; it may not reach the target",
        _ => "",
    }
}

impl ProxyFailure {
    pub(super) fn new(proxy: &ProxyUrl, problem: Problem) -> Self {
        Self {
            proxy: proxy.origin().clone(),
            problem,
        }
    }

    /// The proxy answered with `status`.
    pub(super) fn refused(proxy: &ProxyUrl, status: StatusCode) -> Self {
        Self::new(proxy, Problem::Refused(status))
    }

    /// Logs it, for the operator.
    pub(super) fn log(&self) {
        tracing::warn!(proxy = %self.proxy, problem = %self.problem, "forward proxy failed");
    }

    pub(in crate::transport) fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// A wait for a proxy. If it is given up, by a timeout or with its call, the log
/// names the proxy.
pub(super) struct Waiting<'a>(Option<&'a Origin>);

impl<'a> Waiting<'a> {
    pub(super) fn for_proxy(proxy: &'a ProxyUrl) -> Self {
        Self(Some(proxy.origin()))
    }

    pub(super) fn end(mut self) {
        self.0 = None;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(proxy) = self.0 {
            tracing::warn!(%proxy, "gave up waiting for the forward proxy");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ProxyFailure;
    use http::StatusCode;

    #[test]
    fn a_failure_names_the_proxy_without_its_credentials() {
        let proxy = "http://user:secret-word@proxy.test:3128".parse().unwrap();
        let text = |status| ProxyFailure::refused(&proxy, status).to_string();
        let refused = text(StatusCode::PROXY_AUTHENTICATION_REQUIRED);
        assert_eq!(
            refused,
            "proxy http://proxy.test:3128: it refused the request with status 407 Proxy Authentication Required; check the user name and password of its URL"
        );
        let forbidden = text(StatusCode::FORBIDDEN);
        assert!(forbidden.contains("permit"), "{forbidden}");
    }
}
