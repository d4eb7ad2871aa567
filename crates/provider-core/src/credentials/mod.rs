//! The parsed credential form.
//!
//! The form is a list of variables and values, named as in `manifest.yaml`.
//! Unknown variables are ignored. A missing or malformed one is an
//! `invalid-credentials` error that names it, before anything is sent.

mod endpoint;
mod settings;

pub use endpoint::Endpoint;
pub use settings::Settings;

use wire::percent;

use crate::authentication::Authentication;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::secret::Secrets;

/// The credentials of a tenant, for models of every kind.
#[derive(Clone)]
pub struct Credentials {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The method of authentication.
    pub authentication: Authentication,
    /// The model name that is sent: the form's, or else the tenant's.
    pub model_name: String,
    /// The defaults of its calls.
    pub settings: Settings,
    /// The secrets of the form.
    secrets: Secrets,
}

/// Longest name of a model, in bytes (`wit/types.wit`, `model.name`).
const MAX_MODEL_NAME_BYTES: usize = 256;

impl Credentials {
    /// Parses the form of a model that its tenant calls `model_name`.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for the first invalid variable.
    pub fn parse(form: &Form<'_>, model_name: &str) -> Result<Self, Error> {
        let endpoint = form.required(variables::ENDPOINT_URL)?;
        let endpoint = Endpoint::parse(endpoint).map_err(|problem| {
            Error::invalid_credentials(variables::ENDPOINT_URL.name(), problem)
        })?;
        let authentication = Authentication::parse(form)?;
        let settings = Settings::parse(form)?;
        for (name, _) in &settings.custom_headers {
            if authentication.owns_header(name) {
                return Err(Error::invalid_credentials(
                    variables::CUSTOM_HEADERS.name(),
                    &format!("contains `{name}`, which consumer_auth_mode sets"),
                ));
            }
        }
        // Query and headers of the tenant may contain keys. Servers may echo
        // query values decoded.
        let mut secrets = Secrets::new(authentication.secrets());
        for (_, value) in &settings.custom_headers {
            secrets.add_possible(value);
        }
        for value in endpoint.query_values() {
            secrets.add_possible(value);
            secrets.add_possible(&String::from_utf8_lossy(&percent::decode(value.as_bytes())));
        }
        if let Some(name) = authentication.key_name() {
            secrets.add_possible(name);
        }
        Ok(Self {
            endpoint,
            authentication,
            model_name: parse_model_name(form, model_name)?,
            settings,
            secrets,
        })
    }

    /// The secrets to mask in texts from a server. A call adds its own: see
    /// `ResolvedOptions::secrets`.
    #[must_use]
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

fn parse_model_name(form: &Form<'_>, model_name: &str) -> Result<String, Error> {
    let (name, from_form) = match form.get(variables::GATEWAY_MODEL_NAME) {
        Some(name) => (name, true),
        None => (model_name.trim(), false),
    };
    let problem = if name.is_empty() {
        "the model name is empty".to_owned()
    } else if name.len() > MAX_MODEL_NAME_BYTES {
        format!("the model name exceeds {MAX_MODEL_NAME_BYTES} bytes")
    } else if name.chars().any(char::is_control) {
        "the model name contains a control character".to_owned()
    } else {
        return Ok(name.to_owned());
    };
    Err(if from_form {
        Error::invalid_credentials(
            variables::GATEWAY_MODEL_NAME.name(),
            &format!("is invalid: {problem}"),
        )
    } else {
        Error::invalid_request(problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn parse(values: &[(&str, &str)]) -> Result<Credentials, Error> {
        let values: Vec<(String, String)> = values
            .iter()
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect();
        Credentials::parse(&Form::parse(&values)?, "tenant-model")
    }

    fn message(values: &[(&str, &str)]) -> String {
        let error = parse(values).err().expect("an error");
        assert_eq!(error.kind, ErrorKind::InvalidCredentials);
        assert!(!error.request_sent);
        error.into_fields().message
    }

    #[test]
    fn a_missing_endpoint_is_named() {
        assert!(message(&[]).contains("`endpoint_url`"));
        assert!(message(&[("endpoint_url", "  ")]).contains("`endpoint_url`"));
    }

    #[test]
    fn unknown_variables_do_no_harm() {
        assert!(parse(&[("endpoint_url", "http://h"), ("colour", "red")]).is_ok());
    }

    #[test]
    fn the_last_of_two_values_counts() {
        let credentials = parse(&[("endpoint_url", "nonsense"), ("endpoint_url", "http://h")]);
        assert!(credentials.is_ok());
    }

    #[test]
    fn the_gateways_model_name_replaces_the_tenants() {
        let endpoint = ("endpoint_url", "http://h");
        assert_eq!(parse(&[endpoint]).ok().unwrap().model_name, "tenant-model");
        let renamed = parse(&[endpoint, ("gateway_model_name", " qwen-max ")]);
        assert_eq!(renamed.ok().unwrap().model_name, "qwen-max");
    }

    #[test]
    fn a_chosen_method_with_an_empty_secret_is_an_error() {
        let values = [
            ("endpoint_url", "http://h"),
            ("consumer_auth_mode", "api_key"),
            ("api_key", " "),
        ];
        assert!(message(&values).contains("`api_key`"));
    }

    #[test]
    fn a_key_with_a_line_break_inside_is_refused_without_showing_it() {
        let values = [
            ("endpoint_url", "http://h"),
            ("consumer_auth_mode", "api_key"),
            ("api_key", "sk-one\nsk-two"),
        ];
        let message = message(&values);
        assert!(
            message.contains("`api_key`") && !message.contains("sk-"),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_method_lists_the_known_ones() {
        let values = [
            ("endpoint_url", "http://h"),
            ("consumer_auth_mode", "kerberos"),
        ];
        let message = message(&values);
        assert!(
            message.contains("disabled") && message.contains("api_key"),
            "{message}"
        );
    }
}
