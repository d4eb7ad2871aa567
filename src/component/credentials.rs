//! Exports of `credentials`.

use super::Component;
use super::contract::credentials::Guest;
use super::contract::types::{self, CallOptions, Model, ModelKind, ReplyInfo};
use super::{convert, text_embedding, text_generation};
use crate::error::Error;

impl Guest for Component {
    fn validate(model: Model, options: CallOptions) -> Result<ReplyInfo, types::Error> {
        let seen = match model.kind {
            ModelKind::TextGeneration => text_generation::validate(&model, options),
            ModelKind::ImageGeneration => Err(Error::unsupported("validation of an image model")),
            ModelKind::TextEmbedding => text_embedding::validate(&model, options),
            ModelKind::TextRerank => Err(Error::unsupported("validation of a rerank model")),
        };
        seen.map_err(convert::error)
    }
}
