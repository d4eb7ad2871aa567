//! The configuration of a gateway.

use std::net::{Ipv4Addr, SocketAddr};

use super::clock::Clock;
use super::route::Route;

/// The body limit of ai-proxy and the model router: 100 MiB.
const BODY_LIMIT_BYTES: usize = 100 * 1024 * 1024;
/// Helm default `maxRequestHeadersKb`: 60.
const HEADER_LIMIT_BYTES: usize = 60 * 1024;
const REQUESTS_KEPT: usize = 1_000;

/// The configuration of a gateway. By default: no routes, a free port of the
/// loopback interface, seed 0, the system's clock, and the limits of a default
/// install.
#[derive(Debug)]
pub struct GatewayConfig {
    pub(crate) routes: Vec<Route>,
    pub(crate) address: SocketAddr,
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    pub(crate) body_limit_bytes: usize,
    pub(crate) header_limit_bytes: usize,
    pub(crate) requests_kept: usize,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            routes: Vec::new(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 0,
            clock: Clock::System,
            body_limit_bytes: BODY_LIMIT_BYTES,
            header_limit_bytes: HEADER_LIMIT_BYTES,
            requests_kept: REQUESTS_KEPT,
        }
    }
}

impl GatewayConfig {
    /// The default configuration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route.
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// Sets the address to listen on; port 0 picks a free port.
    #[must_use]
    pub fn listen_on(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the seed of chunk sizes and identifiers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the largest request body in bytes. Larger ones are rejected with
    /// 413.
    #[must_use]
    pub fn body_limit_bytes(mut self, limit: usize) -> Self {
        self.body_limit_bytes = limit;
        self
    }

    /// Sets the largest request head in bytes (method, path, names and values).
    /// Larger ones are rejected with 431.
    #[must_use]
    pub fn header_limit_bytes(mut self, limit: usize) -> Self {
        self.header_limit_bytes = limit;
        self
    }

    /// Sets how many requests are recorded; the oldest are dropped first.
    #[must_use]
    pub fn requests_kept(mut self, limit: usize) -> Self {
        self.requests_kept = limit;
        self
    }
}
