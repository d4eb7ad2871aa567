//! The models of the stories, one of each kind, as the credentials configure
//! them: behind the built-in gateway, or behind one that the person at the
//! command line has.

use super::configured::Configured;
use super::credentials::{Credentials, KINDS};
use super::tenants::{Patience, tenant};
use crate::failure::Failure;
use crate::reach::ReachArguments;
use higress_host::json::description::model_kind;
use mock_gateway::Gateway;
use provider_host::contract::types::ModelKind;
use provider_host::host::ProviderHost;

/// What the models are behind.
pub(super) enum Behind {
    /// The gateway of this process. It lives as long as the models.
    BuiltIn(Box<Gateway>),
    /// Any other, as far as it may be reached.
    Given(ReachArguments),
}

/// Where models are made ready for calls.
pub(super) struct Models {
    host: ProviderHost,
    credentials: Credentials,
    behind: Behind,
    reach: ReachArguments,
}

impl Models {
    pub(super) fn new(host: ProviderHost, credentials: Credentials, behind: Behind) -> Self {
        let reach = match &behind {
            Behind::BuiltIn(_) => ReachArguments::nearby(),
            Behind::Given(reach) => reach.clone(),
        };
        Self {
            host,
            credentials,
            behind,
            reach,
        }
    }

    /// The model of this kind.
    pub(super) fn of(&self, kind: ModelKind) -> Result<Configured, Failure> {
        self.configured(kind, None)
    }

    /// The chat model behind this route of the built-in gateway; behind any
    /// other gateway, the chat model as it is configured.
    pub(super) fn chat_at(&self, route: &str) -> Result<Configured, Failure> {
        let endpoint = match &self.behind {
            Behind::BuiltIn(gateway) => Some(gateway.url(route)),
            Behind::Given(_) => None,
        };
        self.configured(ModelKind::TextGeneration, endpoint)
    }

    /// Something to say if no connection comes about.
    pub(super) fn hint(&self) -> Option<String> {
        let mut forms = KINDS.into_iter().map(|kind| self.credentials.form(kind));
        forms.find_map(|form| self.reach.hint(&form, &self.host.manifest().form))
    }

    fn configured(&self, kind: ModelKind, endpoint: Option<String>) -> Result<Configured, Failure> {
        let mut form = self.credentials.form(kind);
        if let Some(endpoint) = endpoint {
            form.extend([("endpoint_url".to_owned(), endpoint)]);
        }
        let patience = match &self.behind {
            Behind::BuiltIn(_) => Patience::Short,
            Behind::Given(_) => Patience::OfManifest,
        };
        let name = form.get("gateway_model_name").map(str::to_owned);
        let name = name.ok_or_else(|| {
            let kind = model_kind(kind);
            Failure::setup(format!(
                "the credentials name no model for {kind}; add {{\"{kind}\": {{\"gateway_model_name\": \"…\"}}}}"
            ))
        })?;
        let tenant = tenant(&self.host, &form, &self.reach, patience)?;
        Ok(Configured::new(tenant, kind, name, form))
    }
}
