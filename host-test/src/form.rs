//! The filled credential form: a file, and single values over it.

use crate::failure::Failure;
use crate::source::{Source, StandardInput};
use higress_host::json::credentials::read_credentials;
use provider_host::egress::{EgressPolicy, EndpointError};
use provider_host::form::{FieldPurpose, Form as Declaration};

/// Variables and their values, of which the last counts. Not `Debug`: it holds
/// secrets.
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
    /// Reads the file, and puts each `VAR=VALUE` of `set` in its place.
    pub(crate) fn read(
        file: Option<&Source>,
        set: &[String],
        input: &mut StandardInput,
    ) -> Result<Self, Failure> {
        let mut form = match file {
            Some(source) => Self(source.read_json(input, read_credentials)?),
            None => Self::default(),
        };
        for setting in set {
            form.set(setting)?;
        }
        Ok(form)
    }

    fn set(&mut self, setting: &str) -> Result<(), Failure> {
        let parts = setting.split_once('=');
        let (variable, value) = parts
            .filter(|(variable, _)| !variable.is_empty())
            // What was given may be a secret, so it is not repeated.
            .ok_or_else(|| {
                Failure::setup("--set needs VAR=VALUE, where VAR is a variable of the form")
            })?;
        self.0.retain(|(known, _)| known != variable);
        self.0.push((variable.to_owned(), value.to_owned()));
        Ok(())
    }

    /// A variable's value, trimmed; none if it is missing or blank.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        let mut values = self.0.iter().rev();
        let (_, value) = values.find(|(known, _)| known == variable)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Where calls with this form may connect to: its endpoints, which the
    /// declaration marks.
    pub(crate) fn egress(&self, declaration: &Declaration) -> Result<EgressPolicy, EndpointError> {
        EgressPolicy::for_credentials(declaration, &self.0)
    }

    /// The model's name, from the field that the declaration marks.
    pub(crate) fn model_name<'a>(&'a self, declaration: &'a Declaration) -> Option<&'a str> {
        let mut fields = declaration.fields_for(FieldPurpose::ModelName);
        fields.find_map(|field| field.value(&self.0))
    }

    /// The variables that the manifest's form does not have.
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
    use crate::failure::Failure;
    use crate::source::StandardInput;
    use provider_host::manifest::Manifest;

    fn form(set: &[&str]) -> Result<Form, Failure> {
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
    fn a_setting_without_a_variable_is_refused_and_not_repeated() {
        for setting in ["sk-secret", "=sk-secret"] {
            match form(&[setting]) {
                Err(Failure::Setup(message)) => assert!(!message.contains("sk-secret")),
                _ => panic!("{setting} should have been refused"),
            }
        }
    }

    #[test]
    fn the_model_s_name_is_in_the_field_that_the_manifest_marks() {
        let manifest = "\
version: 0.1.0
name: test
resource: {memory: 67108864}
component: {file: c.wasm, world: higress:model-provider/provider, contract: 0.1.0}
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
