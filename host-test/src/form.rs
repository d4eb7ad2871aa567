//! The filled credential form: a file, and single values that override it.

use crate::input::{Input, StandardInput};
use anyhow::Context as _;
use higress_host::json::credentials::parse_credentials;
use provider_host::egress::{EgressPolicy, EndpointError};
use provider_host::form::{FieldPurpose, Form as Declaration};

/// Variables and their values; the last value of a variable counts. Not
/// `Debug`: it holds secrets.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl FromIterator<(String, String)> for Form {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Extend<(String, String)> for Form {
    fn extend<I: IntoIterator<Item = (String, String)>>(&mut self, values: I) {
        self.0.extend(values);
    }
}

impl Form {
    /// Reads the file; each `VAR=VALUE` of `set` replaces its variable.
    pub(crate) fn read(
        file: Option<&Input>,
        set: &[String],
        stdin: &mut StandardInput,
    ) -> anyhow::Result<Self> {
        let mut form = match file {
            Some(file) => Self(file.parse(stdin, parse_credentials)?),
            None => Self::default(),
        };
        for setting in set {
            form.set(setting)?;
        }
        Ok(form)
    }

    fn set(&mut self, setting: &str) -> anyhow::Result<()> {
        let parts = setting.split_once('=');
        let (variable, value) = parts
            .filter(|(variable, _)| !variable.is_empty())
            // The setting may be a secret, so the error does not repeat it.
            .context("invalid --set; expected VAR=VALUE, where VAR is a variable of the form")?;
        self.0.retain(|(known, _)| known != variable);
        self.0.push((variable.to_owned(), value.to_owned()));
        Ok(())
    }

    /// A variable's value, trimmed; `None` if it is missing or whitespace.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        let mut values = self.0.iter().rev();
        let (_, value) = values.find(|(known, _)| known == variable)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The egress policy of calls with this form: the endpoints that the
    /// declaration marks, and nothing else.
    pub(crate) fn egress(&self, declaration: &Declaration) -> Result<EgressPolicy, EndpointError> {
        EgressPolicy::for_credentials(declaration, &self.0)
    }

    /// The model's name, from the field that the declaration marks.
    pub(crate) fn model_name<'a>(&'a self, declaration: &'a Declaration) -> Option<&'a str> {
        let mut fields = declaration.fields_for(FieldPurpose::ModelName);
        fields.find_map(|field| field.value(&self.0))
    }

    /// The variables that the declaration does not have.
    pub(crate) fn unknown_to(&self, declaration: &Declaration) -> Vec<&str> {
        let variables = self.0.iter().map(|(variable, _)| variable.as_str());
        variables
            .filter(|variable| declaration.field(variable).is_none())
            .collect()
    }

    pub(crate) fn into_values(self) -> Vec<(String, String)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Declaration, Form};
    use crate::input::StandardInput;
    use provider_host::manifest::Manifest;

    fn form(set: &[&str]) -> anyhow::Result<Form> {
        let set: Vec<String> = set.iter().map(|&setting| setting.to_owned()).collect();
        Form::read(None, &set, &mut StandardInput::Unread)
    }

    #[test]
    fn the_last_setting_counts_and_values_may_hold_equal_signs() {
        let form = form(&["a=1", "a= x=y "]).ok().unwrap();
        assert_eq!(form.get("a"), Some("x=y"));
        assert_eq!(form.into_values().len(), 1);
    }

    #[test]
    fn a_setting_without_a_variable_is_rejected_and_not_repeated() {
        for setting in ["sk-secret", "=sk-secret"] {
            let error = form(&[setting]).err().unwrap();
            assert!(!format!("{error:#}").contains("sk-secret"));
        }
    }

    #[test]
    fn the_model_s_name_is_in_the_field_that_the_manifest_marks() {
        let manifest = "\
version: 0.1.0
name: test
resource: {memory: 67108864}
component: {file: c.wasm, world: higress:model-provider/provider, contract: 0.2.0}
credential_form_schemas:
  - variable: deployment
    purpose: model-name
    type: text-input
    required: false
    label: {en_US: Deployment}
    help: {en_US: Which one}
";
        let declaration = Manifest::parse(manifest, "manifest.yaml").unwrap().form;
        let form = form(&["gateway_model_name=a", "deployment= b "])
            .ok()
            .unwrap();
        assert_eq!(form.model_name(&declaration), Some("b"));
        assert_eq!(form.model_name(&Declaration::default()), None);
    }
}
