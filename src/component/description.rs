//! Exports of `description`.

use super::Component;
use super::contract::description::{Guest, ModelDescription, ProviderInfo};
use super::contract::types::{self, Model, ModelKind};
use super::{contract, convert};
use crate::VERSION;
use crate::error::Error;

impl Guest for Component {
    fn provider() -> ProviderInfo {
        ProviderInfo {
            name: "higress".to_owned(),
            version: VERSION.to_owned(),
            contract_version: contract::VERSION.to_owned(),
            label: vec![("en_US".to_owned(), "Higress AI Gateway".to_owned())],
            kinds: vec![
                ModelKind::TextGeneration,
                ModelKind::ImageGeneration,
                ModelKind::TextRerank,
            ],
        }
    }

    fn describe(_model: Model) -> Result<ModelDescription, types::Error> {
        Err(convert::error(Error::unsupported(
            "the description of a model",
        )))
    }
}
