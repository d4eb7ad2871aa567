//! The network arguments: which addresses the component may connect to, and the
//! hint where they are the reason that it cannot.

use crate::form::Form;
use anyhow::Context as _;
use clap::Args;
use provider_host::egress::{
    AddressKind, AddressScope, AllowedOrigin, EgressPolicy, HostPattern, PlainHttp, RemoteHost,
    Scheme,
};
use provider_host::tenant::TenantPolicy;
use provider_host::tls::RootCertificates;
use std::path::PathBuf;

const PRIVATE_HINT: &str =
    "endpoint_url is on this machine or in a private network; pass --allow-private to allow that";

const PLAIN_HTTP_HINT: &str = "endpoint_url is unencrypted http to a public address; use https, or pass --allow-plain-http to send credentials unencrypted";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArgs {
    /// Allow connections to this machine and to private networks.
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// Allow unencrypted http to public addresses.
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
    /// Trust the certificate authorities in this PEM file in addition to the
    /// public ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
}

impl NetworkArgs {
    /// For a gateway on this machine.
    pub(crate) fn loopback() -> Self {
        Self {
            allow_private: true,
            allow_plain_http: false,
            ca: None,
        }
    }

    /// The policy with the form's endpoint and these arguments in it.
    pub(crate) fn applied_to(
        &self,
        policy: TenantPolicy,
        form: &Form,
    ) -> anyhow::Result<TenantPolicy> {
        Ok(TenantPolicy {
            egress: self.egress(form),
            roots: self.roots()?,
            ..policy
        })
    }

    /// The argument to add, if these arguments deny the form's endpoint.
    pub(crate) fn hint(&self, form: &Form) -> Option<&'static str> {
        hint(&self.egress(form), self.scope(), self.plain_http())
    }

    fn egress(&self, form: &Form) -> EgressPolicy {
        form.egress()
            .with_scope(self.scope())
            .with_plain_http(self.plain_http())
    }

    fn scope(&self) -> AddressScope {
        if self.allow_private {
            AddressScope::PublicAndPrivate
        } else {
            AddressScope::Public
        }
    }

    fn plain_http(&self) -> PlainHttp {
        if self.allow_plain_http {
            PlainHttp::Anywhere
        } else {
            PlainHttp::WithinPrivateNetworks
        }
    }

    fn roots(&self) -> anyhow::Result<RootCertificates> {
        let Some(path) = &self.ca else {
            return Ok(RootCertificates::public());
        };
        let context = || format!("cannot use --ca {}", path.display());
        let pem = std::fs::read(path).with_context(context)?;
        RootCertificates::public_and(&pem).with_context(context)
    }
}

/// The hint for a failed connection.
fn hint(egress: &EgressPolicy, scope: AddressScope, plain_http: PlainHttp) -> Option<&'static str> {
    let is_near = |allowed: &AllowedOrigin| match &allowed.host {
        HostPattern::Exactly(RemoteHost::Address(address)) => {
            AddressScope::PublicAndPrivate.permits(AddressKind::of(*address))
                && AddressKind::of(*address) != AddressKind::Public
        }
        HostPattern::Exactly(RemoteHost::Name(name)) => !name.contains('.'),
        HostPattern::Below(_) => false,
    };
    let (near, far): (Vec<_>, Vec<_>) = egress.allowed().iter().partition(|entry| is_near(entry));
    if !near.is_empty() && scope == AddressScope::Public {
        Some(PRIVATE_HINT)
    } else if far.iter().any(|entry| entry.scheme == Scheme::Http)
        && plain_http == PlainHttp::WithinPrivateNetworks
    {
        Some(PLAIN_HTTP_HINT)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{PLAIN_HTTP_HINT, PRIVATE_HINT, hint};
    use provider_host::egress::{AddressScope, EgressPolicy, PlainHttp};

    #[test]
    fn a_hint_is_given_where_it_helps() {
        let hint = |endpoint: &str, scope| {
            let egress = EgressPolicy::for_endpoint(endpoint).unwrap();
            hint(&egress, scope, PlainHttp::default())
        };
        let (public, wide) = (AddressScope::Public, AddressScope::PublicAndPrivate);
        assert_eq!(hint("http://127.0.0.1:1", public), Some(PRIVATE_HINT));
        assert_eq!(hint("http://localhost", public), Some(PRIVATE_HINT));
        assert_eq!(hint("https://10.0.0.1", public), Some(PRIVATE_HINT));
        assert_eq!(hint("http://127.0.0.1:1", wide), None);
        assert_eq!(hint("http://8.8.8.8", public), Some(PLAIN_HTTP_HINT));
        assert_eq!(hint("http://ai.example.com", wide), Some(PLAIN_HTTP_HINT));
        assert_eq!(hint("https://ai.example.com", public), None);
    }

    #[test]
    fn where_plain_http_is_allowed_there_is_no_hint_of_it() {
        let egress = EgressPolicy::for_endpoint("http://ai.example.com").unwrap();
        let hint = hint(&egress, AddressScope::Public, PlainHttp::Anywhere);
        assert_eq!(hint, None);
    }
}
