//! What distinguishes one tenant from another.

use crate::egress::{EgressDenied, EgressPolicy, Resolver, SystemResolver};
use crate::limits::Limits;
use crate::proxy::Proxies;
use crate::report::Observer;
use crate::tls::RootCertificates;
use crate::transport::Transport;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// A tenant's name, what it may use and where it may connect to.
///
/// [`new`](Self::new) takes what must be decided; the rest has defaults:
///
/// ```
/// use provider_host::{EgressPolicy, InstanceReuse, Limits, TenantPolicy};
///
/// let egress = EgressPolicy::for_endpoint("https://gateway.example.com/team-a")?;
/// let policy = TenantPolicy::new("team-a", Limits::default(), egress)
///     .with_reuse(InstanceReuse::pooled());
/// # Ok::<(), provider_host::egress::OriginError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TenantPolicy {
    /// The tenant's name in reports, counters and logs. Tenants of one name
    /// share their counters.
    pub name: String,
    /// What its calls may use. [`ProviderHost::limits`](crate::ProviderHost::limits)
    /// gives the manifest's.
    pub limits: Limits,
    /// Where they may connect to.
    pub egress: EgressPolicy,
    /// The forward proxies that they go through. Each must be permitted by
    /// `egress`. Default: none.
    pub proxies: Proxies,
    /// How host names become addresses. Default: the system's resolver, eight
    /// lookups at a time.
    pub resolver: Arc<dyn Resolver>,
    /// The certificate authorities that its connections trust. Default: the
    /// public ones.
    pub roots: RootCertificates,
    /// Whether its sandboxes are used again. Default: each call has a fresh
    /// one.
    pub reuse: InstanceReuse,
    /// Observes every call when it is over. Default: none.
    pub observer: Option<Arc<dyn Observer>>,
}

/// Whether a tenant's sandboxes are used for more than one call.
///
/// A warm sandbox saves the time to make one. It never serves another tenant.
/// It is dropped when a call traps, exceeds a limit, runs out of time or is
/// cancelled, when its component keeps a request or a response open, and, the
/// longest idle first, when another call needs its slot in the pool.
///
/// The cost: what a call left in the component's memory, prompts and
/// credentials included, stays there until the sandbox is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstanceReuse {
    /// Each call has a fresh sandbox.
    #[default]
    PerCall,
    /// The tenant's next call may have it.
    Pooled {
        /// Calls that one sandbox serves, at most.
        max_calls: NonZeroU32,
        /// How long it is kept between two of them.
        idle_timeout: Duration,
    },
}

impl InstanceReuse {
    /// Pooled, with the usual bounds: 1,000 calls, and a minute between two.
    #[must_use]
    pub fn pooled() -> Self {
        const MAX_CALLS: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
        Self::Pooled {
            max_calls: MAX_CALLS,
            idle_timeout: Duration::from_mins(1),
        }
    }
}

/// Why a tenant could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TenantError {
    /// The tenant's limit of memory is above the engine's.
    #[error(
        "the tenant's memory limit is {limit} bytes; an instance of the engine has at most {max}. Lower `resource.memory`, or raise the engine's `memory`"
    )]
    Memory {
        /// The tenant's limit in bytes.
        limit: u64,
        /// What an instance of the engine can have, in bytes.
        max: u64,
    },
    /// The tenant's egress policy does not permit one of its proxies.
    #[error(transparent)]
    Proxy(EgressDenied),
    /// TLS could not be set up.
    #[error("cannot set up TLS: {source}")]
    Tls {
        /// What the TLS library reported.
        source: rustls::Error,
    },
}

impl TenantPolicy {
    /// The policy of a tenant that may connect to what `egress` allows, within
    /// `limits`; the rest as the fields say.
    #[must_use]
    pub fn new(name: impl Into<String>, limits: Limits, egress: EgressPolicy) -> Self {
        Self {
            name: name.into(),
            limits,
            egress,
            proxies: Proxies::none(),
            resolver: Arc::new(SystemResolver::new()),
            roots: RootCertificates::default(),
            reuse: InstanceReuse::default(),
            observer: None,
        }
    }

    /// The same policy, under another name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same policy, with these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same policy, with this egress policy.
    #[must_use]
    pub fn with_egress(mut self, egress: EgressPolicy) -> Self {
        self.egress = egress;
        self
    }

    /// The same policy, whose requests go through these forward proxies.
    #[must_use]
    pub fn with_proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// The same policy, with this resolver.
    #[must_use]
    pub fn with_resolver(mut self, resolver: impl Resolver + 'static) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    /// The same policy, which trusts these certificate authorities.
    #[must_use]
    pub fn with_roots(mut self, roots: RootCertificates) -> Self {
        self.roots = roots;
        self
    }

    /// The same policy, whose sandboxes are used again as `reuse` says.
    #[must_use]
    pub fn with_reuse(mut self, reuse: InstanceReuse) -> Self {
        self.reuse = reuse;
        self
    }

    /// The same policy, with this observer of calls.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The HTTP client of the tenant.
    pub(crate) fn transport(&self) -> Result<Transport, TenantError> {
        for proxy in self.proxies.origins() {
            let permitted = self.egress.check_proxy(proxy);
            permitted.map_err(TenantError::Proxy)?;
        }
        let (egress, proxies) = (self.egress.clone(), self.proxies.clone());
        let resolver = Arc::clone(&self.resolver);
        Transport::new(egress, proxies, resolver, &self.roots, &self.limits)
            .map_err(|source| TenantError::Tls { source })
    }
}

impl fmt::Debug for TenantPolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TenantPolicy")
            .field("name", &self.name)
            .field("limits", &self.limits)
            .field("egress", &self.egress)
            .field("proxies", &self.proxies)
            .field("roots", &self.roots)
            .field("reuse", &self.reuse)
            .finish_non_exhaustive()
    }
}
