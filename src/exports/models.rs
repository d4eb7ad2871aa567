//! Exports of `models`: the resource `model`.

use super::{image_generation, text_embedding, text_generation, text_rerank};
use crate::bindings::models::{Guest, GuestModel};
use crate::bindings::types::{self, CallOptions, ModelConfig, ResponseMetadata};
use crate::model::{Model, Settings};
use crate::{Component, convert};

impl Guest for Component {
    type Model = Model;
}

impl GuestModel for Model {
    fn new(config: ModelConfig) -> Result<Self, types::Error> {
        Self::parse(&config).map_err(convert::error)
    }

    fn validate(&self, options: CallOptions) -> Result<ResponseMetadata, types::Error> {
        match self.settings {
            Settings::TextGeneration(_) => text_generation::validate(self, options),
            Settings::ImageGeneration(..) => image_generation::validate(self, options),
            Settings::TextEmbedding(_) => text_embedding::validate(self, options),
            Settings::TextRerank(_) => text_rerank::validate(self, options),
        }
        .map_err(convert::error)
    }
}
