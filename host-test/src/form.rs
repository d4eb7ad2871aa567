//! The filled credential form: a file, and single values that override it.

use crate::input::{Input, StandardInput};
use anyhow::Context as _;
use higress_host::json::credentials::parse_credentials;
use provider_host::egress::EgressPolicy;

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
            .context(
                "invalid --set; expected VAR=VALUE, e.g. --set endpoint_url=https://ai.example.com/v1",
            )?;
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

    /// The egress policy of calls with this form: its endpoint alone. Without a
    /// valid endpoint everything is denied, and the component reports what is
    /// wrong with it.
    pub(crate) fn egress(&self) -> EgressPolicy {
        EgressPolicy::for_credentials(&self.0).unwrap_or_else(|_| EgressPolicy::deny_all())
    }

    /// The variables that are not in the manifest's form.
    pub(crate) fn unknown_to(&self, form: &provider_host::form::Form) -> Vec<&str> {
        let variables = self.0.iter().map(|(variable, _)| variable.as_str());
        variables
            .filter(|variable| form.field(variable).is_none())
            .collect()
    }

    pub(crate) fn into_values(self) -> Vec<(String, String)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Form;
    use crate::input::StandardInput;

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
    fn only_the_endpoint_may_be_reached() {
        let form = form(&["endpoint_url=https://ai.example.com/v1"]);
        let egress = form.ok().unwrap().egress();
        let allowed: Vec<String> = egress.allowed().iter().map(ToString::to_string).collect();
        assert_eq!(allowed, ["https://ai.example.com:443"]);
    }

    #[test]
    fn without_a_usable_endpoint_nothing_may_be_reached() {
        for settings in [&[][..], &["endpoint_url=ai.example.com"]] {
            let form = form(settings).ok().unwrap();
            assert!(form.egress().allowed().is_empty());
        }
    }
}
