//! Exports of `description`.

use crate::Component;
use crate::bindings;
use crate::bindings::description::{Guest, ProviderInfo};
use crate::bindings::types::ModelKind;
use crate::convert::description::localized;
use provider_core::VERSION;

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
}
