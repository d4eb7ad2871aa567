//! Credentials for models of several kinds in one JSON object: common variables,
//! and an object for each kind with its own.

use crate::form::Form;
use higress_host::json::credentials::read_credentials;
use higress_host::json::{self, Error};
use provider_host::contract::types::ModelKind;
use serde_json::{Map, Value};

/// The kinds of models.
pub(super) const KINDS: [ModelKind; 4] = [
    ModelKind::TextGeneration,
    ModelKind::TextEmbedding,
    ModelKind::TextRerank,
    ModelKind::ImageGeneration,
];

type Variables = Vec<(String, String)>;

/// The variables of all kinds, and of each. Not `Debug`: it holds secrets.
pub(super) struct Credentials {
    common: Variables,
    own: Vec<(ModelKind, Variables)>,
}

impl Credentials {
    /// Parses the object.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        Self::read(&json::parse(text)?)
    }

    /// Reads the object. A member with the name of a kind holds the variables of
    /// that kind.
    pub(super) fn read(value: &Value) -> Result<Self, Error> {
        let Value::Object(members) = value else {
            // Fails: credentials are an object.
            let common = read_credentials(value)?;
            let own = Vec::new();
            return Ok(Self { common, own });
        };
        let common: Map<String, Value> = members
            .iter()
            .filter(|(name, _)| KINDS.iter().all(|kind| kind.as_str() != name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut own = Vec::new();
        for kind in KINDS {
            if let Some(value) = members.get(kind.as_str()) {
                let variables = read_credentials(value).map_err(|error| within(&kind, error))?;
                own.push((kind, variables));
            }
        }
        Ok(Self {
            common: read_credentials(&Value::Object(common))?,
            own,
        })
    }

    /// The form of a model of this kind: the common variables, overridden by its
    /// own.
    pub(super) fn form(&self, kind: &ModelKind) -> Form {
        let own = self.own.iter().filter(|(of, _)| of == kind);
        let own = own.flat_map(|(_, variables)| variables.iter().cloned());
        self.common.iter().cloned().chain(own).collect()
    }
}

fn within(kind: &ModelKind, error: Error) -> Error {
    let kind = kind.as_str();
    let path = match error.path.as_str() {
        "" => kind.to_owned(),
        path => format!("{kind}.{path}"),
    };
    Error { path, ..error }
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use provider_host::contract::types::ModelKind;
    use serde_json::{Value, json};

    fn error(value: &Value) -> String {
        let read = Credentials::read(value);
        read.err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_kinds_own_variables_stand_above_the_common_ones() {
        let read = Credentials::read(&json!({
            "endpoint_url": "https://ai.example.com",
            "consumer_auth_mode": "api_key",
            "text-rerank": {"consumer_auth_mode": "hmac", "hmac_key": "k"},
        }));
        let credentials = read.ok().unwrap();
        let value = |kind, variable| {
            let form = credentials.form(&kind);
            form.get(variable).map(str::to_owned)
        };
        let rerank = |variable| value(ModelKind::TextRerank, variable);
        assert_eq!(rerank("consumer_auth_mode").as_deref(), Some("hmac"));
        assert_eq!(
            rerank("endpoint_url").as_deref(),
            Some("https://ai.example.com")
        );
        let chat = |variable| value(ModelKind::TextGeneration, variable);
        assert_eq!(chat("consumer_auth_mode").as_deref(), Some("api_key"));
        assert_eq!(chat("hmac_key"), None);
    }

    #[test]
    fn what_is_wrong_is_named_and_not_shown() {
        for (value, expected) in [
            (
                json!(["sk-secret"]),
                "invalid type: sequence, expected an object",
            ),
            (
                json!({"text-rerank": "sk-secret"}),
                "text-rerank: invalid type: string, expected an object",
            ),
            (
                json!({"text-rerank": {"api_key": ["sk-secret"]}}),
                "text-rerank.api_key: invalid type: sequence, expected a string, number or boolean",
            ),
            (
                json!({"rerank": {"api_key": "sk-secret"}}),
                "rerank: invalid type: map, expected a string, number or boolean",
            ),
        ] {
            assert_eq!(error(&value), expected);
        }
    }
}
