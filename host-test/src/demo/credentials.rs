//! Credentials for models of several kinds in one JSON object: variables for
//! all of them, and an object for each kind with its own.

use crate::form::Form;
use higress_host::json::Problem;
use higress_host::json::credentials::read_credentials;
use higress_host::json::description::model_kind;
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
    /// Reads the object. A member that is named like a kind is that kind's
    /// object.
    pub(super) fn read(value: &Value) -> Result<Self, Problem> {
        let Value::Object(members) = value else {
            // Says what is wrong with it.
            let common = read_credentials(value)?;
            let own = Vec::new();
            return Ok(Self { common, own });
        };
        let common: Map<String, Value> = members
            .iter()
            .filter(|(name, _)| KINDS.iter().all(|kind| model_kind(*kind) != name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut own = Vec::new();
        for kind in KINDS {
            if let Some(value) = members.get(model_kind(kind)) {
                let variables = read_credentials(value).map_err(|problem| within(kind, problem))?;
                own.push((kind, variables));
            }
        }
        Ok(Self {
            common: read_credentials(&Value::Object(common))?,
            own,
        })
    }

    /// The form of a model of this kind: its own variables over the common
    /// ones.
    pub(super) fn form(&self, kind: ModelKind) -> Form {
        let own = self.own.iter().filter(|(of, _)| *of == kind);
        let own = own.flat_map(|(_, variables)| variables.iter().cloned());
        self.common.iter().cloned().chain(own).collect()
    }
}

fn within(kind: ModelKind, problem: Problem) -> Problem {
    let kind = model_kind(kind);
    let path = match problem.path.as_str() {
        "" => kind.to_owned(),
        path => format!("{kind}.{path}"),
    };
    Problem { path, ..problem }
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use provider_host::contract::types::ModelKind;
    use serde_json::{Value, json};

    fn problem(value: &Value) -> String {
        let read = Credentials::read(value);
        read.err()
            .map_or_else(String::new, |problem| problem.to_string())
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
            let form = credentials.form(kind);
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
            (json!(["sk-secret"]), "must be an object, not a list"),
            (
                json!({"text-rerank": "sk-secret"}),
                "text-rerank: must be an object, not a text",
            ),
            (
                json!({"text-rerank": {"api_key": ["sk-secret"]}}),
                "text-rerank.api_key: must be a text, a number, true or false",
            ),
            (
                json!({"rerank": {"api_key": "sk-secret"}}),
                "rerank: must be a text, a number, true or false",
            ),
        ] {
            assert_eq!(problem(&value), expected);
        }
    }
}
