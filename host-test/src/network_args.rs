//! The network arguments: which addresses the component may connect to, and the
//! hint where they are the reason that it cannot.

use crate::form::Form;
use crate::proxy::{self, ProxyArguments};
use anyhow::Context as _;
use clap::Args;
use provider_host::egress::{
    AddressKind, AddressScope, AllowedOrigin, EgressPolicy, EndpointError, Host, HostPattern,
    Origin, PlainHttp, Scheme,
};
use provider_host::form::Form as Declaration;
use provider_host::tenant::TenantPolicy;
use provider_host::tls::RootCertificates;
use std::path::PathBuf;

const UNMARKED_HINT: &str = "the manifest marks no field with `purpose: endpoint`, so the component may connect to nothing; mark the field, or pass --allow-origin URL";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArgs {
    /// Allow connections to this origin in addition to the form's endpoint, such
    /// as `https://api.example.com` or `https://*.example.com`; may be repeated.
    #[arg(long, value_name = "URL")]
    pub(crate) allow_origin: Vec<AllowedOrigin>,
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
    #[command(flatten)]
    pub(crate) proxy: ProxyArguments,
}

impl NetworkArgs {
    /// For a gateway on this machine.
    pub(crate) fn loopback() -> Self {
        Self {
            allow_origin: Vec::new(),
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
        declaration: &Declaration,
    ) -> anyhow::Result<TenantPolicy> {
        // Without a valid endpoint the component reports what is wrong with it.
        let endpoints = form.egress(declaration);
        let egress = self.widened(endpoints.unwrap_or_else(|_| EgressPolicy::deny_all()));
        let proxies = self.proxy.proxies()?;
        // Naming a proxy on the command line permits it.
        let egress = proxies.origins().fold(egress, |egress, proxy| {
            egress.with_proxy(proxy.clone(), AddressScope::PublicAndPrivate)
        });
        Ok(policy
            .with_egress(egress)
            .with_proxies(proxies)
            .with_roots(self.roots()?))
    }

    /// The argument to add, if these arguments deny what the form names.
    pub(crate) fn hint(&self, form: &Form, declaration: &Declaration) -> Option<String> {
        match form.egress(declaration) {
            Ok(endpoints) => {
                let is_proxied = self.is_proxied(&endpoints);
                hint(&self.widened(endpoints), self.scope(), self.plain_http())
                    .or_else(|| is_proxied.then(|| proxy::HINT.to_owned()))
            }
            Err(EndpointError::Unmarked) if self.allow_origin.is_empty() => {
                Some(UNMARKED_HINT.to_owned())
            }
            Err(_) => hint(
                &self.widened(EgressPolicy::deny_all()),
                self.scope(),
                self.plain_http(),
            ),
        }
    }

    /// Whether requests to one of these endpoints go through a proxy.
    fn is_proxied(&self, endpoints: &EgressPolicy) -> bool {
        let Ok(proxies) = self.proxy.proxies() else {
            return false;
        };
        let mut origins = endpoints
            .allowed()
            .iter()
            .filter_map(|allowed| Origin::of_url(&allowed.to_string()).ok());
        origins.any(|origin| proxies.for_target(&origin).is_some())
    }

    /// The policy, with what these arguments allow beside it.
    fn widened(&self, endpoints: EgressPolicy) -> EgressPolicy {
        let origins = self.allow_origin.iter().cloned();
        origins
            .fold(endpoints, EgressPolicy::with_origin)
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
fn hint(egress: &EgressPolicy, scope: AddressScope, plain_http: PlainHttp) -> Option<String> {
    let (near, far): (Vec<_>, Vec<_>) = egress.allowed().iter().partition(|entry| is_near(entry));
    let open = far.into_iter().find(|entry| entry.scheme == Scheme::Http);
    match (near.first(), open) {
        (Some(origin), _) if scope == AddressScope::Public => Some(format!(
            "{origin} is on this machine or in a private network; pass --allow-private to allow that"
        )),
        (_, Some(origin)) if plain_http == PlainHttp::WithinPrivateNetworks => Some(format!(
            "{origin} is unencrypted http to a public address; use https, or pass --allow-plain-http to send credentials unencrypted"
        )),
        _ => None,
    }
}

/// Whether an entry is on this machine or in a private network, by its name.
fn is_near(allowed: &AllowedOrigin) -> bool {
    match &allowed.host {
        HostPattern::Exact(Host::Address(address)) => {
            AddressScope::PublicAndPrivate.permits(AddressKind::of(*address))
                && AddressKind::of(*address) != AddressKind::Public
        }
        HostPattern::Exact(Host::Name(name)) => !name.contains('.'),
        HostPattern::Subdomains(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::hint;
    use provider_host::egress::{AddressScope, EgressPolicy, PlainHttp};

    #[test]
    fn a_hint_is_given_where_it_helps() {
        let hint = |endpoint: &str, scope| {
            let egress = EgressPolicy::for_endpoint(endpoint).unwrap();
            hint(&egress, scope, PlainHttp::default()).unwrap_or_default()
        };
        let (public, wide) = (AddressScope::Public, AddressScope::PublicAndPrivate);
        for near in [
            "http://127.0.0.1:1",
            "http://localhost:80",
            "https://10.0.0.1:443",
        ] {
            let hint = hint(near, public);
            assert!(hint.starts_with(near), "{hint}");
            assert!(hint.contains("pass --allow-private"), "{hint}");
        }
        for open in ["http://8.8.8.8:80", "http://ai.example.com:80"] {
            let hint = hint(open, wide);
            assert!(hint.starts_with(open), "{hint}");
            assert!(hint.contains("pass --allow-plain-http"), "{hint}");
        }
        assert_eq!(hint("http://127.0.0.1:1", wide), "");
        assert_eq!(hint("https://ai.example.com", public), "");
    }

    #[test]
    fn where_plain_http_is_allowed_there_is_no_hint_of_it() {
        let egress = EgressPolicy::for_endpoint("http://ai.example.com").unwrap();
        let hint = hint(&egress, AddressScope::Public, PlainHttp::Anywhere);
        assert_eq!(hint, None);
    }
}
