//! A tenant's HTTP client: its own pool of connections and its own TLS
//! sessions, behind its egress policy. Redirects are never followed; a reply
//! is handed on piece by piece as it arrives.

mod body;
mod connector;
mod failure;
mod hooks;

pub(crate) use failure::body_error_code;
pub(crate) use hooks::Hooks;

use crate::egress::{EgressPolicy, Refusal};
use crate::limits::Limits;
use body::{RequestBody, ResponseBody};
use connector::{CONNECT_TIMEOUT, Connector};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::time::Duration;
use wasmtime_wasi_http::{Error, WasiBody};

/// How long an unused connection is kept. Shorter than the idle timeout of
/// the usual proxies (60 s and more), so that a request seldom meets a
/// connection that the other side is about to close.
const IDLE: Duration = Duration::from_secs(30);

/// Unused connections kept for one origin: as many as a tenant's calls are by
/// default. With fewer, a burst would open and close most of its connections.
const IDLE_CONNECTIONS: usize = 32;

/// The least that hyper accepts as the size of its read buffer.
const LEAST_BUFFER: u32 = 8 << 10;

/// The times that one request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// To open a connection, name resolution and TLS included.
    pub(crate) connect: Duration,
    /// From the request to the head of the reply.
    pub(crate) first_byte: Duration,
    /// Between two pieces of the reply's body, while they are waited for.
    pub(crate) between_bytes: Duration,
}

/// A pooled client.
pub(crate) struct Transport {
    client: Client<Connector, RequestBody>,
    policy: Arc<EgressPolicy>,
    request_body: u64,
    response_body: u64,
}

impl Transport {
    /// Makes a client. Nothing is opened until the first request.
    ///
    /// # Errors
    ///
    /// If the TLS configuration cannot be built.
    pub(crate) fn new(policy: EgressPolicy, limits: &Limits) -> Result<Self, rustls::Error> {
        let policy = Arc::new(policy);
        let connector = connector::new(Arc::clone(&policy), connector::public_roots()?);
        Ok(Self::with_connector(connector, policy, limits))
    }

    fn with_connector(connector: Connector, policy: Arc<EgressPolicy>, limits: &Limits) -> Self {
        let head = limits.response_head.max(LEAST_BUFFER);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(usize::try_from(head).unwrap_or(usize::MAX))
            .http2_max_header_list_size(head)
            .build(connector);
        Self {
            client,
            policy,
            request_body: limits.request_body,
            response_body: limits.response_body,
        }
    }

    /// Sends `request` and waits for the head of the reply. Dropping the
    /// future, or the reply's body, closes the connection or resets the
    /// stream.
    pub(crate) async fn send(
        &self,
        request: http::Request<WasiBody>,
        timeouts: Timeouts,
    ) -> Result<http::Response<WasiBody>, Error> {
        self.policy
            .check_request(request.uri())
            .map_err(|refusal| refuse(&refusal))?;
        let request = request.map(|body| RequestBody::new(body, self.request_body));
        let sending = CONNECT_TIMEOUT.scope(timeouts.connect, self.client.request(request));
        let response = tokio::time::timeout(timeouts.first_byte, sending)
            .await
            .map_err(|_| Error::HttpResponseTimeout)?
            .map_err(|error| failure::of_request(&error))?;
        if let Some(length) = announced_length(&response)
            && length > self.response_body
        {
            return Err(Error::HttpResponseBodySize(Some(length)));
        }
        Ok(response.map(|body| {
            ResponseBody::new(body, timeouts.between_bytes, self.response_body).boxed_unsync()
        }))
    }
}

/// What a component is told of a refusal. The details are for the log: a
/// component has no use for the addresses behind a name.
fn refuse(refusal: &Refusal) -> Error {
    tracing::warn!(%refusal, "egress refused");
    match refusal {
        Refusal::Request(_) => Error::HttpRequestUriInvalid,
        Refusal::Origin(_) => Error::HttpRequestDenied,
        Refusal::Address { .. } => Error::DestinationIpProhibited,
    }
}

fn announced_length(response: &http::Response<hyper::body::Incoming>) -> Option<u64> {
    hyper::body::Body::size_hint(response.body()).exact()
}

#[cfg(test)]
mod tests;
