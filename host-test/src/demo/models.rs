//! The models of the stories, one of each kind, as the credentials configure
//! them: behind the built-in gateway or behind the user's.

use super::configured::Configured;
use super::credentials::{Credentials, KINDS};
use super::tenants::{CallDeadline, tenant};
use crate::network_args::NetworkArgs;
use anyhow::Context as _;
use mock_gateway::Gateway;
use provider_host::contract::types::ModelKind;
use provider_host::host::ProviderHost;

/// The gateway in front of the models.
pub(super) enum Behind {
    /// The gateway of this process. It lives as long as the models.
    BuiltIn(Box<Gateway>),
    /// The user's gateway, with the network arguments for it.
    Given(NetworkArgs),
}

/// Makes tenants and models for calls.
pub(super) struct Models {
    host: ProviderHost,
    credentials: Credentials,
    behind: Behind,
    network: NetworkArgs,
}

impl Models {
    pub(super) fn new(host: ProviderHost, credentials: Credentials, behind: Behind) -> Self {
        let network = match &behind {
            Behind::BuiltIn(_) => NetworkArgs::loopback(),
            Behind::Given(network) => network.clone(),
        };
        Self {
            host,
            credentials,
            behind,
            network,
        }
    }

    /// The model of this kind.
    pub(super) fn of(&self, kind: &ModelKind) -> anyhow::Result<Configured> {
        self.configured(kind, None)
    }

    /// The chat model behind this route of the built-in gateway; behind any
    /// other gateway, the chat model as it is configured.
    pub(super) fn chat_at(&self, route: &str) -> anyhow::Result<Configured> {
        let endpoint = match &self.behind {
            Behind::BuiltIn(gateway) => Some(gateway.url(route)),
            Behind::Given(_) => None,
        };
        self.configured(&ModelKind::TextGeneration, endpoint)
    }

    /// The hint for a failed connection.
    pub(super) fn hint(&self) -> Option<String> {
        let mut forms = KINDS.iter().map(|kind| self.credentials.form(kind));
        forms.find_map(|form| self.network.hint(&form, &self.host.manifest().form))
    }

    fn configured(&self, kind: &ModelKind, endpoint: Option<String>) -> anyhow::Result<Configured> {
        let mut form = self.credentials.form(kind);
        if let Some(endpoint) = endpoint {
            form.extend([("endpoint_url".to_owned(), endpoint)]);
        }
        let deadline = match &self.behind {
            Behind::BuiltIn(_) => CallDeadline::Short,
            Behind::Given(_) => CallDeadline::OfManifest,
        };
        let name = form.get("gateway_model_name").map(str::to_owned);
        let name = name.with_context(|| {
            let kind = kind.as_str();
            format!(
                "missing `gateway_model_name` for {kind}; add \"{kind}\": {{\"gateway_model_name\": \"…\"}} to the credentials"
            )
        })?;
        let tenant = tenant(&self.host, &form, &self.network, deadline)?;
        Ok(Configured::new(tenant, kind.clone(), name, form))
    }
}
