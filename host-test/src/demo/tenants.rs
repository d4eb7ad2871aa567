//! Makes the demo's tenants.

use crate::form::Form;
use crate::network_args::NetworkArgs;
use provider_host::egress::EgressPolicy;
use provider_host::host::ProviderHost;
use provider_host::limits::Limits;
use provider_host::tenant::{Tenant, TenantPolicy};
use std::time::Duration;

/// The deadline of one call.
#[derive(Clone, Copy)]
pub(super) enum CallDeadline {
    /// For the built-in gateway, so that the demo cannot hang.
    Short,
    /// As in the manifest.
    OfManifest,
}

const SHORT: Duration = Duration::from_secs(15);

/// A tenant that may connect to the form's endpoint, if `network` allows it.
pub(super) fn tenant(
    host: &ProviderHost,
    form: &Form,
    network: &NetworkArgs,
    deadline: CallDeadline,
) -> anyhow::Result<Tenant> {
    let limits = match deadline {
        CallDeadline::Short => Limits {
            deadline: SHORT,
            ..host.limits()
        },
        CallDeadline::OfManifest => host.limits(),
    };
    let policy = TenantPolicy::new("demo", limits, EgressPolicy::deny_all());
    let policy = network.applied_to(policy, form)?;
    Ok(Tenant::new(host, policy)?)
}
