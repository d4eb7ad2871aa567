//! Exports of `description`.

use crate::bindings;
use crate::bindings::description::{Guest, ModelDescription, ProviderInfo};
use crate::bindings::types::{self, ModelConfig, ModelKind};
use crate::convert::description::localized;
use crate::model::not_served;
use crate::{Component, convert};
use provider_core::VERSION;
use provider_core::description::{Description, Kind};
use provider_core::form::Form;

/// The provider's display name, in the languages of
/// [`LOCALES`](provider_core::description::LOCALES).
const LABELS: &str =
    "Higress AI Gateway|Higress AI 网关|Higress AI ゲートウェイ|Gateway de IA Higress";

impl Guest for Component {
    fn provider() -> ProviderInfo {
        ProviderInfo {
            name: "higress".to_owned(),
            version: VERSION.to_owned(),
            contract_version: bindings::VERSION.to_owned(),
            label: localized(LABELS),
            kinds: vec![
                ModelKind::TextGeneration,
                ModelKind::ImageGeneration,
                ModelKind::TextEmbedding,
                ModelKind::TextRerank,
            ],
        }
    }

    fn describe_model(config: ModelConfig) -> Result<ModelDescription, types::Error> {
        let kind = match &config.kind {
            ModelKind::TextGeneration => Kind::TextGeneration,
            ModelKind::ImageGeneration => Kind::ImageGeneration,
            ModelKind::TextEmbedding => Kind::TextEmbedding,
            ModelKind::TextRerank => Kind::TextRerank,
            ModelKind::Other(kind) => return Err(convert::error(not_served(kind))),
        };
        let description = Description::of(kind, &Form::lenient(&config.credentials));
        Ok(convert::description::model(&config.name, description))
    }
}
