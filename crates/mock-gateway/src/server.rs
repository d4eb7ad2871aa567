//! The listening socket, its connections, and the handle that keeps them alive.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::config::GatewayConfig;
use super::pipeline::{Connection, SharedState, serve};
use super::record::RecordedRequest;
use super::request_log::{RequestLog, WaitTimeout};

/// The largest request head that hyper accepts, in bytes: far above the
/// gateway's limit, so that the gateway rejects in its own form.
const PARSER_LIMIT_BYTES: usize = 1024 * 1024;
/// How long to wait after a failed `accept`, which is usually for lack of file
/// descriptors.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(20);

/// A running gateway. Dropping it closes its socket and its connections.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    log: RequestLog,
    listening: JoinHandle<()>,
    /// Dropping it ends the listening task.
    shutdown: oneshot::Sender<Infallible>,
}

impl Gateway {
    /// Starts a gateway on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If the configured address cannot be bound.
    pub async fn start(config: GatewayConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(config.address).await?;
        let address = listener.local_addr()?;
        let log = RequestLog::new(config.requests_kept);
        let shared = Arc::new(SharedState {
            config,
            log: log.clone(),
        });
        let (shutdown, dropped) = oneshot::channel();
        let listening = tokio::spawn(listen(listener, shared, dropped));
        Ok(Self {
            address,
            log,
            listening,
            shutdown,
        })
    }

    /// The address it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path on this gateway, such as a route's prefix.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let slash = if path.is_empty() || path.starts_with('/') {
            ""
        } else {
            "/"
        };
        format!("http://{}{slash}{path}", self.address)
    }

    /// The recorded requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.requests()
    }

    /// Waits until `count` requests have arrived completely, and returns those
    /// that are recorded.
    ///
    /// # Errors
    ///
    /// If they have not arrived within this time.
    pub async fn wait_for_requests(
        &self,
        count: u64,
        within: Duration,
    ) -> Result<Vec<RecordedRequest>, WaitTimeout> {
        self.log.wait_for_requests(count, within).await
    }

    /// Waits until the outcome of a request is final, and returns its record.
    /// Requests are numbered from 0.
    ///
    /// # Errors
    ///
    /// If the outcome is not final within this time, or the request is no
    /// longer recorded.
    pub async fn wait_for_outcome(
        &self,
        number: u64,
        within: Duration,
    ) -> Result<RecordedRequest, WaitTimeout> {
        self.log.wait_for_outcome(number, within).await
    }

    /// Stops the gateway, and returns once its socket and its connections are
    /// closed.
    pub async fn stop(self) {
        drop(self.shutdown);
        if let Err(error) = self.listening.await {
            tracing::debug!(%error, "the mock gateway had stopped already");
        }
    }
}

/// Accepts connections until the handle is dropped, then aborts those open.
async fn listen(
    listener: TcpListener,
    shared: Arc<SharedState>,
    mut shutdown: oneshot::Receiver<Infallible>,
) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            _dropped = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, Arc::clone(&shared), number));
                    number += 1;
                }
                Err(error) => {
                    tracing::warn!(%error, "the mock gateway cannot accept a connection");
                    tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Serves one connection until either side closes it.
async fn serve_connection(stream: TcpStream, shared: Arc<SharedState>, number: u64) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot disable Nagle's algorithm; chunks may be joined");
    }
    let Ok(address) = stream.local_addr() else {
        // The client has closed it already.
        return;
    };
    let from = Connection { number, address };
    let service = service_fn(|request| serve(Arc::clone(&shared), from, request));
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .max_buf_size(PARSER_LIMIT_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        // A mock breaks connections on purpose.
        tracing::debug!(%error, connection = number, "a connection ended early");
    }
}
