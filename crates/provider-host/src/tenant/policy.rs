//! What sets one tenant apart from another.

use crate::egress::{EgressPolicy, Resolver, SystemResolver};
use crate::limits::Limits;
use crate::proxy::Proxies;
use crate::report::Observer;
use crate::tls::RootCertificates;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// A tenant's name, what it may use and where it may connect to.
///
/// [`new`](Self::new) takes what must be decided; the rest has defaults that
/// can be replaced in the struct:
///
/// ```
/// use provider_host::egress::EgressPolicy;
/// use provider_host::limits::Limits;
/// use provider_host::tenant::{InstanceReuse, TenantPolicy};
///
/// let egress = EgressPolicy::for_endpoint("https://gateway.example.com/team-a")?;
/// let policy = TenantPolicy {
///     reuse: InstanceReuse::pooled(),
///     ..TenantPolicy::new("team-a", Limits::default(), egress)
/// };
/// # Ok::<(), provider_host::egress::OriginError>(())
/// ```
#[derive(Clone)]
pub struct TenantPolicy {
    /// The tenant's name in reports, counters and logs. Tenants of one name
    /// share their counters.
    pub name: String,
    /// What its calls may use. [`ProviderHost::limits`](crate::host::ProviderHost::limits)
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
    /// Told of every call when it is over. Default: nobody.
    pub observer: Option<Arc<dyn Observer>>,
}

/// Whether a tenant's sandboxes are used for more than one call.
///
/// A warm sandbox saves the time to make one. It never serves another tenant.
/// One that trapped, met a limit, ran out of time or was cancelled is thrown
/// away; so is one whose component keeps hold of a request or a response, and
/// the longest idle one when a call finds no other place.
///
/// What it costs: what a call left in the component's memory, prompts and
/// credentials among it, stays there until the sandbox is thrown away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
        const USES: NonZeroU32 = NonZeroU32::new(1_000).unwrap();
        Self::Pooled {
            max_calls: USES,
            idle_timeout: Duration::from_mins(1),
        }
    }
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
