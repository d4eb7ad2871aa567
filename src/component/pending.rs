//! Exports of the kinds that the provider does not serve yet. They say so.

use super::Component;
use super::contract::text_embedding;
use super::contract::types::{self, CallOptions, Model};
use super::convert;
use crate::error::Error;

impl text_embedding::Guest for Component {
    fn embed(
        _model: Model,
        _request: text_embedding::Request,
        _options: CallOptions,
    ) -> Result<text_embedding::Embeddings, types::Error> {
        Err(convert::error(Error::unsupported("text embedding")))
    }
}
