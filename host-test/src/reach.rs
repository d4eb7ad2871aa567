//! Where the component may connect to, as the command line says it; and what
//! to say when it could not, because of that.

use crate::failure::Failure;
use crate::form::Form;
use crate::proxy::{self, ProxyArguments};
use clap::Args;
use provider_host::egress::{
    AddressKind, AddressScope, AllowedOrigin, EgressPolicy, HostPattern, Origin, PlainHttp,
    RemoteHost, Scheme,
};
use provider_host::tenant::TenantPolicy;
use provider_host::tls::RootCertificates;
use std::path::PathBuf;

const PRIVATE_HINT: &str =
    "endpoint_url is on this machine or in a private network; add --allow-private if that is meant";

const PLAIN_HTTP_HINT: &str = "endpoint_url is plain http to a public address, where keys can be read on the way; use https, or add --allow-plain-http";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct ReachArguments {
    /// Let the component connect to this machine and to private networks.
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// Let it send requests across the internet without TLS.
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
    /// Trust the certificate authorities in this PEM file as well as the
    /// public ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) proxy: ProxyArguments,
}

impl ReachArguments {
    /// For a gateway on this machine.
    pub(crate) fn nearby() -> Self {
        Self {
            allow_private: true,
            allow_plain_http: false,
            ca: None,
            proxy: ProxyArguments::default(),
        }
    }

    /// The policy with the form's endpoint and these arguments in it.
    pub(crate) fn applied_to(
        &self,
        policy: TenantPolicy,
        form: &Form,
    ) -> Result<TenantPolicy, Failure> {
        let proxies = self.proxy.proxies()?;
        // Whoever names a proxy here permits it.
        let permit = |egress: EgressPolicy, proxy: &Origin| {
            egress.with_proxy(proxy.clone(), AddressScope::PublicAndPrivate)
        };
        Ok(TenantPolicy {
            egress: proxies.origins().fold(self.egress(form), permit),
            proxies,
            roots: self.roots()?,
            ..policy
        })
    }

    /// What to do, if the form's endpoint is out of reach for these arguments.
    pub(crate) fn hint(&self, form: &Form) -> Option<&'static str> {
        hint(&self.egress(form), self.scope(), self.plain_http())
            .or_else(|| self.is_proxied(form).then_some(proxy::HINT))
    }

    /// Whether requests to the form's endpoint go through a proxy.
    fn is_proxied(&self, form: &Form) -> bool {
        let endpoint = form.get("endpoint_url").map(Origin::of_url);
        match (endpoint, self.proxy.proxies()) {
            (Some(Ok(endpoint)), Ok(proxies)) => proxies.for_target(&endpoint).is_some(),
            (None | Some(_), Ok(_) | Err(_)) => false,
        }
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

    fn roots(&self) -> Result<RootCertificates, Failure> {
        let Some(path) = &self.ca else {
            return Ok(RootCertificates::public());
        };
        let failed = |problem: &dyn std::fmt::Display| {
            Failure::setup(format!("cannot use --ca {}: {problem}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| failed(&error))?;
        RootCertificates::public_and(&pem).map_err(|error| failed(&error))
    }
}

/// Something to say if no connection comes about.
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
