//! A model that is ready to be called: its configuration, shared by its calls.

use crate::contract::types::ModelConfig;
use crate::form::FormError;
use crate::manifest::Manifest;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A configured model. Make it once and call it often: its form is checked
/// before the first call only, and an instance that is used again keeps its
/// parsed form.
///
/// Cloning it is cheap and gives the same model.
#[derive(Clone)]
pub struct Model(Arc<Shared>);

struct Shared {
    config: ModelConfig,
    /// The manifest whose form accepts the configuration.
    accepted_by: OnceLock<Arc<Manifest>>,
}

impl Model {
    /// Makes a model. Nothing is checked or sent.
    #[must_use]
    pub fn new(config: ModelConfig) -> Self {
        Self(Arc::new(Shared {
            config,
            accepted_by: OnceLock::new(),
        }))
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> &ModelConfig {
        &self.0.config
    }

    /// Whether both are clones of one model.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Checks the filled form against the manifest's, unless that was done.
    pub(crate) fn check(&self, manifest: &Arc<Manifest>) -> Result<(), FormError> {
        let accepted_by = self.0.accepted_by.get();
        if accepted_by.is_some_and(|accepted_by| Arc::ptr_eq(accepted_by, manifest)) {
            return Ok(());
        }
        let ModelConfig {
            kind, credentials, ..
        } = &self.0.config;
        manifest.form.check(kind, credentials)?;
        // A model of two hosts is checked at each call of the second.
        let _ = self.0.accepted_by.set(Arc::clone(manifest));
        Ok(())
    }
}

impl From<ModelConfig> for Model {
    fn from(config: ModelConfig) -> Self {
        Self::new(config)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Model").field(&self.0.config).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Model;
    use crate::contract::types::ModelConfig;
    use crate::manifest::Manifest;
    use std::sync::Arc;

    /// The form is checked against the manifest that is passed: one that has
    /// accepted it is known by its address.
    #[test]
    fn a_form_that_a_manifest_has_accepted_is_not_checked_against_it_again() {
        let manifest = |form: &str| {
            let text = format!(
                "version: 0.1.0\nname: test\nresource: {{memory: 67108864}}\ncomponent:\n  \
                 file: test.wasm\n  world: higress:model-provider/provider\n  \
                 contract: 0.2.0\n{form}"
            );
            Arc::new(Manifest::parse(&text, "manifest.yaml").unwrap())
        };
        let lenient = manifest("");
        let strict = manifest(
            "credential_form_schemas:\n- variable: api_key\n  label: {en_US: Key}\n  help: {en_US: Key}\n  \
             type: secret-input\n  required: true\n",
        );
        let model = Model::new(ModelConfig::text("any"));
        let is_accepted_by = |manifest: &Arc<Manifest>| {
            let accepted_by = model.0.accepted_by.get();
            accepted_by.is_some_and(|accepted_by| Arc::ptr_eq(accepted_by, manifest))
        };
        assert!(model.check(&strict).is_err());
        assert!(!is_accepted_by(&strict));
        model.check(&lenient).unwrap();
        assert!(is_accepted_by(&lenient));
        model.clone().check(&lenient).unwrap();
        assert!(model.check(&strict).is_err());
        assert!(is_accepted_by(&lenient));
    }
}
