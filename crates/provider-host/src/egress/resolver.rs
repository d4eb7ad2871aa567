//! How a host name becomes addresses. Every address that a resolver returns is
//! checked against the tenant's policy before anything connects to it.

use std::future::Future;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The addresses of a name, when they are known.
pub type Addresses<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Finds the addresses of host names.
pub trait Resolver: Send + Sync {
    /// The addresses of `name`. An empty list, like an error, means that there
    /// is nothing to connect to.
    fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a>;
}

impl<R: Resolver + ?Sized> Resolver for Arc<R> {
    fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a> {
        R::resolve(self, name)
    }
}

/// The system's own resolver, on threads of the runtime.
///
/// A lookup cannot be cancelled, and all tenants' lookups share the runtime's
/// threads; so a tenant whose lookups hang may only have
/// [`LOOKUPS`](Self::LOOKUPS) of them.
#[derive(Clone, Debug)]
pub struct SystemResolver {
    lookups: Arc<Semaphore>,
}

impl SystemResolver {
    /// Lookups at one time; more wait. A tenant has one endpoint, or few.
    pub const LOOKUPS: usize = 8;

    /// A resolver for one tenant.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lookups: Arc::new(Semaphore::new(Self::LOOKUPS)),
        }
    }
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self::new()
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> Addresses<'a> {
        Box::pin(async move {
            let permit = Arc::clone(&self.lookups).acquire_owned().await;
            let permit = permit.map_err(io::Error::other)?;
            let name = name.to_owned();
            let lookup = tokio::task::spawn_blocking(move || {
                let _until_it_is_over = permit;
                let found = (name.as_str(), 0).to_socket_addrs()?;
                Ok(found.map(|address| address.ip()).collect())
            });
            lookup.await.map_err(io::Error::other)?
        })
    }
}
