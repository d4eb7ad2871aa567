//! The demo's tenants: the one place where they are made.

use crate::failure::Failure;
use crate::form::Form;
use crate::reach::ReachArguments;
use provider_host::egress::EgressPolicy;
use provider_host::host::ProviderHost;
use provider_host::limits::Limits;
use provider_host::tenant::{Tenant, TenantPolicy};
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

/// A tenant that may connect to the form's endpoint, as far as `reach` lets it.
pub(super) fn tenant(
    host: &ProviderHost,
    form: &Form,
    reach: &ReachArguments,
    patience: Patience,
) -> Result<Tenant, Failure> {
    let limits = match patience {
        Patience::Short => Limits {
            deadline: SHORT,
            ..host.limits()
        },
        Patience::OfManifest => host.limits(),
    };
    let policy = TenantPolicy::new("demo", limits, EgressPolicy::deny_all());
    let policy = reach.applied_to(policy, form, &host.manifest().form)?;
    Tenant::new(host, policy).map_err(|error| Failure::setup(error.to_string()))
}
