//! One call's surroundings: what every calling command is given, made into a
//! tenant, a model and options.

use crate::failure::Failure;
use crate::form::Form;
use crate::output::{self, Format};
use crate::plugin::PluginArguments;
use crate::reach::ReachArguments;
use crate::source::{Source, StandardInput};
use clap::Args;
use higress_host::json::Problem;
use higress_host::json::options::read_options;
use provider_host::contract::types::{CallOptions, ErrorKind, Model, ModelKind};
use provider_host::egress::EgressPolicy;
use provider_host::error::CallError;
use provider_host::manifest::Manifest;
use provider_host::tenant::{Tenant, TenantPolicy};
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(crate) struct CallArguments {
    /// The model's name [default: the credential that the manifest marks as
    /// the model's name].
    #[arg(long, value_name = "NAME", help_heading = "Model")]
    pub(crate) model: Option<String>,
    /// The credentials: a JSON object of the form's variables; `-` is
    /// standard input.
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    pub(crate) credentials: Option<Source>,
    /// One more credential, over those of the file; may be repeated. Other
    /// users of this machine can see it: keep secrets in the file.
    #[arg(long, value_name = "VAR=VALUE", help_heading = "Model")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArguments,
    /// Settings of the call: a JSON object, such as `{"max_retries": 0}`;
    /// `-` is standard input.
    #[arg(long, value_name = "FILE", help_heading = "Call")]
    pub(crate) options: Option<Source>,
    /// The tenant's name, shown beside the result.
    #[arg(long, value_name = "NAME", help_heading = "Call")]
    pub(crate) tenant: Option<String>,
    /// Print one JSON object a line, and nothing else, on standard output.
    #[arg(long, help_heading = "Call")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) plugin: PluginArguments,
}

/// A tenant, and what it is about to call with.
pub(crate) struct Session {
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

    /// Reads the request, which is the file's or what the short form stands
    /// for, and opens a session to make it in.
    pub(crate) fn open_for<T>(
        &self,
        kind: ModelKind,
        file: Option<&Source>,
        short_form: &Value,
        read: impl FnOnce(&Value) -> Result<T, Problem>,
    ) -> Result<(Session, T), Failure> {
        let mut input = StandardInput::Unread;
        let request = match file {
            Some(source) => source.read_json(&mut input, read)?,
            None => read(short_form).map_err(|problem| Failure::setup(problem.to_string()))?,
        };
        Ok((self.open(kind, &mut input)?, request))
    }

    /// Reads the files, loads the component and makes the tenant.
    pub(crate) fn open(
        &self,
        kind: ModelKind,
        input: &mut StandardInput,
    ) -> Result<Session, Failure> {
        let form = Form::read(self.credentials.as_ref(), &self.set, input)?;
        let options = match &self.options {
            Some(source) => source.read_json(input, read_options)?,
            None => no_options()?,
        };
        let manifest = self.plugin.read_manifest()?;
        let name = self.model.as_deref().or(form.model_name(&manifest.form));
        let name = name.ok_or_else(|| Failure::setup("name the model with --model NAME"))?;
        let name = name.to_owned();
        let hint = self.reach.hint(&form, &manifest.form);
        Ok(Session {
            tenant: self.make_tenant(&form, manifest)?,
            tenant_name: self.tenant.clone(),
            hint,
            model: Model {
                kind,
                name,
                credentials: form.into_values(),
            },
            options,
            format: self.format(),
        })
    }

    /// Loads the component, for a tenant that may reach the form's endpoint.
    pub(crate) fn make_tenant(&self, form: &Form, manifest: Manifest) -> Result<Tenant, Failure> {
        let host = self.plugin.load_with(manifest)?;
        for variable in form.unknown_to(&host.manifest().form) {
            output::note(&format!(
                "`{variable}` is no variable of the form and has no effect; {} lists them all",
                self.plugin.form_page().display()
            ));
        }
        let name = self.tenant.as_deref().unwrap_or("command-line");
        let policy = TenantPolicy::new(name, host.limits(), EgressPolicy::deny_all());
        let policy = self.reach.applied_to(policy, form, &host.manifest().form)?;
        Tenant::new(&host, policy).map_err(|error| Failure::setup(error.to_string()))
    }
}

impl Session {
    /// The failure of a call, with a hint where this command line has one.
    pub(crate) fn failure(&self, error: CallError) -> Failure {
        let hint = self.hint.clone().filter(|_| never_connected(&error));
        Failure::Call { error, hint }
    }
}

fn no_options() -> Result<CallOptions, Failure> {
    read_options(&json!({})).map_err(|problem| Failure::setup(problem.to_string()))
}

fn never_connected(error: &CallError) -> bool {
    matches!(error, CallError::Provider(error) if error.kind == ErrorKind::Connection && !error.request_sent)
}
