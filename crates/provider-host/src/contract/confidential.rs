//! The contract's types that hold secrets: `model-config` with its credentials, and
//! `call-options` with its headers. `Debug` of the generated types prints
//! everything; `Debug` of these prints names without values. They are converted
//! to the generated types where a component is called.

use crate::bindings::types as generated;
use crate::bindings::types::{GatewayHints, ModelKind, Timeouts};
use std::fmt;

/// A model as a tenant configured it: `model-config` of the contract.
#[derive(Clone, PartialEq, Eq)]
pub struct ModelConfig {
    /// What the model does.
    pub kind: ModelKind,
    /// Its name as the tenant knows it.
    pub name: String,
    /// The filled form: pairs of a variable and its value.
    pub credentials: Vec<(String, String)>,
}

/// Settings of one call: `call-options` of the contract, where each is
/// documented.
#[derive(Clone, Default, PartialEq)]
pub struct CallOptions {
    /// Time limits of each request.
    pub timeouts: Timeouts,
    /// How often a request may be retried.
    pub max_retries: Option<u32>,
    /// Headers to add.
    pub headers: Vec<(String, String)>,
    /// Who is behind the call.
    pub end_user_id: Option<String>,
    /// The conversation that the call belongs to.
    pub conversation_id: Option<String>,
    /// The W3C trace context.
    pub traceparent: Option<String>,
    /// The call's name in logs.
    pub request_id: Option<String>,
    /// What only a gateway reads.
    pub gateway: Option<GatewayHints>,
}

impl ModelConfig {
    /// A model that generates text, without credentials.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self::new(ModelKind::TextGeneration, name)
    }

    /// A model that generates images, without credentials.
    #[must_use]
    pub fn image(name: impl Into<String>) -> Self {
        Self::new(ModelKind::ImageGeneration, name)
    }

    /// A model that embeds texts, without credentials.
    #[must_use]
    pub fn embedding(name: impl Into<String>) -> Self {
        Self::new(ModelKind::TextEmbedding, name)
    }

    /// A model that ranks documents, without credentials.
    #[must_use]
    pub fn rerank(name: impl Into<String>) -> Self {
        Self::new(ModelKind::TextRerank, name)
    }

    /// A model of this kind, without credentials.
    #[must_use]
    pub fn new(kind: ModelKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            credentials: Vec::new(),
        }
    }

    /// The same model, with the form's `variable` filled in.
    #[must_use]
    pub fn with_credential(
        mut self,
        variable: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.credentials.push((variable.into(), value.into()));
        self
    }

    /// As the component takes it.
    pub(crate) fn exposed(&self) -> generated::ModelConfig {
        generated::ModelConfig {
            kind: self.kind.clone(),
            name: self.name.clone(),
            credentials: self.credentials.clone(),
        }
    }
}

impl CallOptions {
    /// The same options, with a header to add to the request.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// As the component takes them.
    pub(crate) fn exposed(&self) -> generated::CallOptions {
        let own = self.clone();
        generated::CallOptions {
            timeouts: own.timeouts,
            max_retries: own.max_retries,
            headers: own.headers,
            end_user_id: own.end_user_id,
            conversation_id: own.conversation_id,
            traceparent: own.traceparent,
            request_id: own.request_id,
            gateway: own.gateway,
        }
    }
}

impl fmt::Debug for ModelConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelConfig")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("credentials", &names(&self.credentials))
            .finish()
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("max_retries", &self.max_retries)
            .field("headers", &names(&self.headers))
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

fn names(pairs: &[(String, String)]) -> Vec<&str> {
    pairs.iter().map(|(name, _)| name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_values_are_not() {
        let pair = |name: &str| vec![(name.to_owned(), "canary".to_owned())];
        let model = ModelConfig {
            kind: ModelKind::TextGeneration,
            name: "m".to_owned(),
            credentials: pair("api_key"),
        };
        let options = CallOptions {
            headers: pair("x-token"),
            end_user_id: Some("canary".to_owned()),
            ..CallOptions::default()
        };
        let shown = format!("{model:?} {options:?} {model:#?} {options:#?}");
        assert!(
            shown.contains("api_key") && shown.contains("x-token"),
            "{shown}"
        );
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_component_is_given_everything() {
        let pair = |name: &str| vec![(name.to_owned(), "value".to_owned())];
        let model = ModelConfig {
            kind: ModelKind::TextRerank,
            name: "m".to_owned(),
            credentials: pair("api_key"),
        };
        assert_eq!(model.exposed().credentials, model.credentials);
        let options = CallOptions {
            headers: pair("x-token"),
            gateway: Some(GatewayHints {
                skip_cache: true,
                ..GatewayHints::default()
            }),
            ..CallOptions::default()
        };
        assert_eq!(options.exposed().headers, options.headers);
        assert!(
            options
                .exposed()
                .gateway
                .is_some_and(|hints| hints.skip_cache)
        );
    }
}
