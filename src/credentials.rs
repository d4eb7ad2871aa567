//! Exports of `credentials`.

use super::Component;
use super::contract::credentials::Guest;
use super::contract::types::{self, ModelKind, SessionBorrow};
use super::session::Session;
use super::{convert, image_generation, text_embedding, text_generation, text_rerank};

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
