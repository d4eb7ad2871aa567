//! Exports of `credentials`.

use super::Component;
use super::contract::credentials::Guest;
use super::contract::types::{self, CallOptions, Model, ModelKind, ReplyInfo};
use super::{convert, image_generation, text_embedding, text_generation, text_rerank};

impl Guest for Component {
    fn validate(model: Model, options: CallOptions) -> Result<ReplyInfo, types::Error> {
        let seen = match model.kind {
            ModelKind::TextGeneration => text_generation::validate(&model, options),
            ModelKind::ImageGeneration => image_generation::validate(&model, options),
            ModelKind::TextEmbedding => text_embedding::validate(&model, options),
            ModelKind::TextRerank => text_rerank::validate(&model, options),
        };
        seen.map_err(convert::error)
    }
}
