//! What every calling command needs: its arguments, made into a tenant, a model
//! and call options.

use crate::failure::Failure;
use crate::form::Form;
use crate::input::{Input, StandardInput};
use crate::network_args::NetworkArgs;
use crate::output::{self, Format};
use crate::plugin::PluginArguments;
use anyhow::Context as _;
use clap::Args;
use higress_host::json;
use higress_host::json::options::parse_options;
use provider_host::Model;
use provider_host::contract::types::{CallOptions, ErrorKind, ModelConfig, ModelKind};
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::manifest::Manifest;
use provider_host::tenant::{Tenant, TenantPolicy};

#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// The model's name [default: the credential that the manifest marks as
    /// the model's name].
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    pub(crate) model: Option<String>,
    /// The credentials: a JSON object of the form's variables; `-` reads
    /// standard input.
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    pub(crate) credentials: Option<Input>,
    /// A credential that overrides the file's; may be repeated. Visible to
    /// other users of this machine: keep secrets in the file.
    #[arg(long, value_name = "VAR=VALUE", help_heading = "Model")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Call options: a JSON object, e.g. `{"max_retries": 0}`; `-` reads
    /// standard input.
    #[arg(long, value_name = "FILE", help_heading = "Call")]
    pub(crate) options: Option<Input>,
    /// The tenant's name, shown with the result.
    #[arg(long, value_name = "NAME", help_heading = "Call")]
    pub(crate) tenant: Option<String>,
    /// Print one JSON object per line on standard output.
    #[arg(long, help_heading = "Call")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) plugin: PluginArguments,
}

/// A tenant, its model, and the options of one call.
pub(crate) struct CallContext {
    pub(crate) tenant: Tenant,
    pub(crate) tenant_name: Option<String>,
    pub(crate) model: Model,
    pub(crate) options: CallOptions,
    pub(crate) format: Format,
    hint: Option<String>,
}

impl CallArguments {
    pub(crate) fn format(&self) -> Format {
        if self.json {
            Format::JsonLines
        } else {
            Format::Text
        }
    }

    /// Opens a context, and reads the request: from `file`, or as the other
    /// arguments give it.
    pub(crate) fn open_for<T>(
        &self,
        kind: ModelKind,
        file: Option<&Input>,
        parse: impl FnOnce(&str) -> Result<T, json::Error>,
        from_arguments: impl FnOnce() -> T,
    ) -> anyhow::Result<(CallContext, T)> {
        let mut stdin = StandardInput::Unread;
        let request = match file {
            Some(file) => file.parse(&mut stdin, parse)?,
            None => from_arguments(),
        };
        Ok((self.open(kind, &mut stdin)?, request))
    }

    /// Reads the files, loads the component and makes the tenant.
    pub(crate) fn open(
        &self,
        kind: ModelKind,
        stdin: &mut StandardInput,
    ) -> anyhow::Result<CallContext> {
        let form = Form::read(self.credentials.as_ref(), &self.set, stdin)?;
        let options = match &self.options {
            Some(file) => file.parse(stdin, parse_options)?,
            None => CallOptions::default(),
        };
        let manifest = self.plugin.read_manifest()?;
        let name = self.model.as_deref().or(form.model_name(&manifest.form));
        let name = name
            .context("missing model name; pass --model NAME")?
            .to_owned();
        let hint = self.network.hint(&form, &manifest.form);
        Ok(CallContext {
            tenant: self.make_tenant(&form, manifest)?,
            tenant_name: self.tenant.clone(),
            hint,
            model: Model::new(ModelConfig {
                kind,
                name,
                credentials: form.into_values(),
            }),
            options,
            format: self.format(),
        })
    }

    /// Loads the component, for a tenant that may connect to the form's endpoint.
    pub(crate) fn make_tenant(&self, form: &Form, manifest: Manifest) -> anyhow::Result<Tenant> {
        let host = self.plugin.load_with(manifest)?;
        for variable in form.unknown_to(&host.manifest().form) {
            output::note(&format!(
                "warning: unknown credential `{variable}` ignored (see {})",
                self.plugin.form_page().display()
            ));
        }
        let name = self.tenant.as_deref().unwrap_or("command-line");
        let policy = TenantPolicy::new(name, host.limits(), EgressPolicy::deny_all());
        let policy = self
            .network
            .applied_to(policy, form, &host.manifest().form)?;
        Ok(Tenant::new(&host, policy)?)
    }
}

impl CallContext {
    /// The failure of a call, with a hint if the arguments denied the connection.
    pub(crate) fn failure(&self, error: CallError) -> Failure {
        let hint = self.hint.clone().filter(|_| never_connected(&error));
        Failure::Call { error, hint }
    }
}

fn never_connected(error: &CallError) -> bool {
    matches!(error, CallError::Provider(error) if error.kind == ErrorKind::Connection && !error.request_sent)
}
