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

/// Largest request head hyper itself takes, in bytes. Far above the gateway's
/// limit, so that it is the gateway which refuses, in its own form.
const PARSER_LIMIT_BYTES: usize = 1024 * 1024;
/// Rest after a failed `accept`, usually for want of file descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(20);

/// A running gateway. Dropping it closes its socket and all connections.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    log: RequestLog,
    listening: JoinHandle<()>,
    /// Dropping it tells the listening task to close everything.
    stay: oneshot::Sender<Infallible>,
}

impl Gateway {
    /// Starts a gateway on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the configured address cannot be listened on.
    pub async fn start(config: GatewayConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(config.address).await?;
        let address = listener.local_addr()?;
        let log = RequestLog::new(config.requests_kept);
        let shared = Arc::new(SharedState {
            config,
            log: log.clone(),
        });
        let (stay, leave) = oneshot::channel();
        let listening = tokio::spawn(listen(listener, shared, leave));
        Ok(Self {
            address,
            log,
            listening,
            stay,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path on this gateway, for instance of a route's prefix.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let slash = if path.is_empty() || path.starts_with('/') {
            ""
        } else {
            "/"
        };
        format!("http://{}{slash}{path}", self.address)
    }

    /// The requests remembered, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.requests()
    }

    /// Waits until this many requests have arrived whole, and returns all that
    /// are remembered.
    ///
    /// # Errors
    ///
    /// When they have not within this time.
    pub async fn wait_for_requests(
        &self,
        count: u64,
        within: Duration,
    ) -> Result<Vec<RecordedRequest>, WaitTimeout> {
        self.log.wait_for_requests(count, within).await
    }

    /// Waits until nothing more will happen to the request of this number
    /// (from 0), and returns it.
    ///
    /// # Errors
    ///
    /// When it is not over within this time, or no longer remembered.
    pub async fn wait_for_outcome(
        &self,
        number: u64,
        within: Duration,
    ) -> Result<RecordedRequest, WaitTimeout> {
        self.log.wait_for_outcome(number, within).await
    }

    /// Stops, and returns when the socket and all connections are closed.
    pub async fn stop(self) {
        drop(self.stay);
        if let Err(error) = self.listening.await {
            tracing::debug!(%error, "the mock gateway was stopped before");
        }
    }
}

/// Accepts connections until the handle is dropped, then aborts those open.
async fn listen(
    listener: TcpListener,
    shared: Arc<SharedState>,
    mut leave: oneshot::Receiver<Infallible>,
) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            _dropped = &mut leave => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(&shared), number));
                    number += 1;
                }
                Err(error) => {
                    tracing::warn!(%error, "the mock gateway could not accept a connection");
                    tokio::time::sleep(ACCEPT_REST).await;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Serves one connection until either side closes it.
async fn converse(stream: TcpStream, shared: Arc<SharedState>, number: u64) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "chunks may be joined on the wire");
    }
    let Ok(address) = stream.local_addr() else {
        // It has been closed already.
        return;
    };
    let from = Connection { number, address };
    let service = service_fn(|request| serve(Arc::clone(&shared), from, request));
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .max_buf_size(PARSER_LIMIT_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        // Broken connections are part of what a mock does.
        tracing::debug!(%error, connection = number, "a connection ended early");
    }
}
