//! Where a component's requests leave the sandbox: wasi:http hands them over
//! here, and they go out by the tenant's client.

use super::{Timeouts, TransferLimits, Transport};
use http::header::HOST;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, Result, WasiBody,
    WasiHttpHooks,
};

/// Used where the component sets no timeout: wasi:http leaves the choice to
/// the host, and these are the contract's defaults.
const DEFAULTS: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    first_byte: Duration::from_mins(5),
    between_bytes: Duration::from_mins(2),
};

/// Bytes of a request's body that a component can write at once.
const BODY_CHUNK: usize = 64 << 10;

type Finished = Box<dyn Future<Output = Result<()>> + Send>;
type Sent = Result<(http::Response<WasiBody>, Finished)>;

/// The way out of one sandbox.
pub(crate) struct Hooks {
    transport: Arc<Transport>,
    traffic: Arc<TransferLimits>,
    deadline: Instant,
}

impl Hooks {
    /// No request of this sandbox lasts beyond `deadline`.
    pub(crate) fn new(
        transport: Arc<Transport>,
        traffic: Arc<TransferLimits>,
        deadline: Instant,
    ) -> Self {
        Self {
            transport,
            traffic,
            deadline,
        }
    }
}

impl WasiHttpHooks for Hooks {
    /// The client sets the header itself, and only where the protocol has it.
    fn set_host_header(&mut self) -> bool {
        false
    }

    /// A component may name the host that a gateway routes by: which ones, the
    /// egress policy says.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|name| *name != HOST && DEFAULT_FORBIDDEN_HEADERS.contains(name))
    }

    /// Up to two chunks of each request that a component holds are kept outside
    /// of its memory.
    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Finished,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let transport = Arc::clone(&self.transport);
        let traffic = Arc::clone(&self.traffic);
        let timeouts = clamp(
            options.unwrap_or_default(),
            self.deadline.saturating_duration_since(Instant::now()),
        );
        Box::new(async move {
            let response = transport.send(request, timeouts, traffic).await?;
            // The pool drives the connection, so nothing is left to be done.
            let finished: Finished = Box::new(async { Ok::<(), Error>(()) });
            Ok((response, finished))
        })
    }
}

/// The component's timeouts, within the time that its call has left.
fn clamp(options: RequestOptions, remaining: Duration) -> Timeouts {
    let within = |wish: Option<Duration>, default: Duration| wish.unwrap_or(default).min(remaining);
    Timeouts {
        connect: within(options.connect_timeout, DEFAULTS.connect),
        first_byte: within(options.first_byte_timeout, DEFAULTS.first_byte),
        between_bytes: within(options.between_bytes_timeout, DEFAULTS.between_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::{DEFAULTS, RequestOptions, Timeouts, clamp};
    use std::time::Duration;

    #[test]
    fn timeouts_end_with_the_call() {
        let options = RequestOptions {
            connect_timeout: Some(Duration::from_secs(1)),
            first_byte_timeout: Some(Duration::from_secs(400)),
            between_bytes_timeout: None,
        };
        assert_eq!(
            clamp(options, Duration::from_secs(30)),
            Timeouts {
                connect: Duration::from_secs(1),
                first_byte: Duration::from_secs(30),
                between_bytes: Duration::from_secs(30),
            }
        );
    }

    #[test]
    fn timeouts_that_are_not_set_are_the_contract_s() {
        assert_eq!(
            clamp(RequestOptions::default(), Duration::from_hours(1)),
            DEFAULTS
        );
    }
}
