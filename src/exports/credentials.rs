//! Exports of `credentials`.

use super::types::Session;
use super::{image_generation, text_embedding, text_generation, text_rerank};
use crate::Component;
use crate::bindings::credentials::Guest;
use crate::bindings::types::{self, ModelKind, SessionBorrow};
use crate::convert;

impl Guest for Component {
    fn validate(session: SessionBorrow<'_>) -> Result<(), types::Error> {
        let session = session.get::<Session>();
        let seen = match session.model.kind {
            ModelKind::TextGeneration => text_generation::validate(session),
            ModelKind::ImageGeneration => image_generation::validate(session),
            ModelKind::TextEmbedding => text_embedding::validate(session),
            ModelKind::TextRerank => text_rerank::validate(session),
        };
        seen.map_err(convert::error)
    }
}
