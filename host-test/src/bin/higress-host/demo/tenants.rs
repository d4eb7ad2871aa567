//! The demo's tenants: the one place where they are made.

use crate::failure::Failure;
use higress_host::egress::EgressPolicy;
use higress_host::host::Host;
use higress_host::limits::Limits;
use higress_host::tenant::{Tenant, TenantPolicy};
use std::time::Duration;

/// How long one call may take.
#[derive(Clone, Copy)]
pub(super) enum Patience {
    /// The built-in gateway answers at once, so the demo cannot hang.
    Short,
    /// As long as the manifest lets a call take.
    OfManifest,
}

/// No call to the built-in gateway takes longer.
const SHORT: Duration = Duration::from_secs(15);

/// A tenant that may connect to what `egress` says.
pub(super) fn tenant(
    host: &Host,
    egress: EgressPolicy,
    patience: Patience,
) -> Result<Tenant, Failure> {
    let limits = match patience {
        Patience::Short => Limits {
            deadline: SHORT,
            ..host.limits()
        },
        Patience::OfManifest => host.limits(),
    };
    Tenant::new(host, TenantPolicy { limits, egress })
        .map_err(|error| Failure::setup(error.to_string()))
}
