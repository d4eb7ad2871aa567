//! A tenant's HTTP client: its own pool of connections and its own TLS
//! sessions, behind its egress policy. Redirects are never followed; a response
//! is passed on as it arrives.

mod body;
mod coalesce;
mod connector;
mod failure;
pub(crate) mod hooks;
mod idle_timeout;
mod proxy;
mod read_ahead;
mod tcp;
mod transfer_limits;

pub(crate) use failure::body_error_code;
pub(crate) use transfer_limits::TransferLimits;

use crate::egress::{EgressDenied, EgressPolicy, Resolver};
use crate::limits::Limits;
use crate::proxy::Proxies;
use crate::tls::RootCertificates;
use body::{RequestBody, ResponseBody};
use coalesce::CoalescedBody;
use connector::{CONNECT_TIMEOUT, Connector};
use http_body_util::BodyExt;
use hyper::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use idle_timeout::IdleTimeoutBody;
use proxy::Way;
use read_ahead::ReadAheadBody;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, WasiBody};

/// Interval of pings on an HTTP/2 connection in use, and the timeout of each. All
/// of a tenant's requests may share the connection, so a dead one must be found.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

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
    /// From the request to the head of the response.
    pub(crate) first_byte: Duration,
    /// Between two pieces of the response's body, while they are waited for.
    pub(crate) between_bytes: Duration,
}

/// A pooled client.
pub(crate) struct Transport {
    client: Client<Connector, RequestBody>,
    policy: Arc<EgressPolicy>,
    proxies: Arc<Proxies>,
    requests: Arc<Semaphore>,
}

impl Transport {
    /// Makes a client. Nothing is opened until the first request.
    ///
    /// # Errors
    ///
    /// If the TLS configuration cannot be built.
    pub(crate) fn new(
        policy: EgressPolicy,
        proxies: Proxies,
        resolver: Arc<dyn Resolver>,
        roots: &RootCertificates,
        limits: &Limits,
    ) -> Result<Self, rustls::Error> {
        let policy = Arc::new(policy);
        let proxies = Arc::new(proxies);
        let requests = usize::try_from(limits.concurrent_requests).unwrap_or(usize::MAX);
        let requests = requests.min(Semaphore::MAX_PERMITS);
        let connector = connector::new(
            Arc::clone(&policy),
            Arc::clone(&proxies),
            resolver,
            roots,
            requests,
        )?;
        let head = limits.response_head_bytes.max(LEAST_BUFFER);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(tcp::IDLE)
            .http2_keep_alive_interval(Some(KEEP_ALIVE))
            .http2_keep_alive_timeout(KEEP_ALIVE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(usize::try_from(head).unwrap_or(usize::MAX))
            .http2_max_header_list_size(head)
            .build(connector);
        Ok(Self {
            client,
            policy,
            proxies,
            requests: Arc::new(Semaphore::new(requests)),
        })
    }

    /// Sends `request` and waits for the head of the response. Dropping the
    /// future, or the response's body, closes the connection or resets the
    /// stream.
    pub(crate) async fn send(
        &self,
        mut request: http::Request<WasiBody>,
        timeouts: Timeouts,
        traffic: Arc<TransferLimits>,
    ) -> Result<http::Response<WasiBody>, Error> {
        if !traffic.admits_request() {
            return Err(Error::ConnectionLimitReached);
        }
        let way = self
            .policy
            .check_request(request.uri())
            .and_then(|()| self.policy.check_host(request.uri(), request.headers()))
            .and_then(|()| Way::of(&request, &self.proxies, &self.policy))
            .map_err(|refusal| refuse(&refusal))?;
        if !traffic.admits_request_bytes(head_length(&request)) {
            let size = traffic.request_bytes();
            return Err(Error::HttpRequestBodySize(Some(size)));
        }
        way.prepare(&mut request);
        let permit = Arc::new(self.permit(timeouts.connect).await?);
        let request =
            request.map(|body| RequestBody::new(body, Arc::clone(&traffic), Arc::clone(&permit)));
        let sending = CONNECT_TIMEOUT.scope(timeouts.connect, self.client.request(request));
        let response = timeout(timeouts.first_byte, sending)
            .await
            .map_err(|_| Error::HttpResponseTimeout)?
            .map_err(|error| failure::of_request(&error))
            .inspect_err(|error| {
                if let Error::HttpResponseHeaderSectionSize(_) = error {
                    traffic.head_was_too_large();
                }
            })?;
        way.check(&response)
            .map_err(|failure| failure::of_proxy(&failure))?;
        traffic.response_began();
        if let Some(length) = announced_length(&response)
            && !traffic.admits_response_of(length)
        {
            return Err(Error::HttpResponseBodySize(Some(length)));
        }
        Ok(response.map(|body| {
            // A body of known length comes in a few large frames.
            let is_chunked = body.size_hint().exact().is_none();
            let body = CoalescedBody::new(ResponseBody::new(body, traffic, permit));
            if is_chunked {
                let body = ReadAheadBody::new(body);
                IdleTimeoutBody::new(body, timeouts.between_bytes).boxed_unsync()
            } else {
                IdleTimeoutBody::new(body, timeouts.between_bytes).boxed_unsync()
            }
        }))
    }

    /// Waits for one of the tenant's requests to be over, where it has too
    /// many.
    async fn permit(&self, wait: Duration) -> Result<OwnedSemaphorePermit, Error> {
        timeout(wait, Arc::clone(&self.requests).acquire_owned())
            .await
            .ok()
            .and_then(Result::ok)
            .ok_or(Error::ConnectionLimitReached)
    }
}

/// The error that a component gets for a denied request. The details go to the
/// log: a component has no use for the addresses behind a name.
fn refuse(refusal: &EgressDenied) -> Error {
    tracing::warn!(%refusal, "egress refused");
    match refusal {
        EgressDenied::Request(_) => Error::HttpRequestUriInvalid,
        EgressDenied::Origin(_)
        | EgressDenied::VirtualHost
        | EgressDenied::Proxy(_)
        | EgressDenied::PlainHttpThroughProxy(_)
        | EgressDenied::VirtualHostThroughProxy
        | EgressDenied::MethodThroughProxy => Error::HttpRequestDenied,
        EgressDenied::Address { .. } | EgressDenied::PlainHttp(_) => Error::DestinationIpProhibited,
    }
}

/// About what a request's head takes on the wire.
fn head_length(request: &http::Request<WasiBody>) -> usize {
    // The separators of a line.
    const LINE: usize = 4;
    let path = request.uri().path_and_query();
    let first = request.method().as_str().len() + path.map_or(0, |path| path.as_str().len());
    let fields = request.headers().iter();
    fields
        .map(|(name, value)| name.as_str().len() + value.len() + LINE)
        .fold(first + LINE, usize::saturating_add)
}

fn announced_length(response: &http::Response<hyper::body::Incoming>) -> Option<u64> {
    Body::size_hint(response.body()).exact()
}

#[cfg(test)]
mod tests;
