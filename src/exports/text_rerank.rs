//! Exports of `text-rerank`.

use crate::bindings::models::ModelBorrow;
use crate::bindings::text_rerank::{self as wit, Guest};
use crate::bindings::types::{self, CallOptions, ResponseMetadata};
use crate::call_context::CallContext;
use crate::model::Model;
use crate::wasi::full_response;
use crate::wasi::timings::Timings;
use crate::{Component, convert};
use provider_core::error::{Error, ErrorKind};
use provider_core::response;
use provider_core::text_rerank::{self, Ranking, Request};

impl Guest for Component {
    fn rerank(
        model: ModelBorrow<'_>,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Response, types::Error> {
        let request = convert::text_rerank::request(request);
        run(model.get(), &request, options)
            .map(|(ranking, metadata)| convert::text_rerank::response(ranking, metadata))
            .map_err(convert::error)
    }
}

/// Ranks two documents; the configuration is valid if the response ranks at
/// least one of them.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<ResponseMetadata, Error> {
    let (ranking, metadata) = run(model, &Request::probe(), options)?;
    if ranking.results.is_empty() {
        return Err(Error::after_sending(
            ErrorKind::Protocol,
            "the model ranked neither of two documents; check that it is a rerank model",
        ));
    }
    Ok(metadata)
}

fn run(
    model: &Model,
    request: &Request,
    options: CallOptions,
) -> Result<(Ranking, ResponseMetadata), Error> {
    let mut timings = Timings::start();
    let reranker = model.text_rerank()?;
    let CallContext {
        credentials,
        options,
    } = model.context(options)?;
    let outgoing = reranker.encode(credentials, request, &options)?;
    if request.is_empty() {
        return Ok((
            Ranking::default(),
            timings.timed(response::ResponseMetadata::default()),
        ));
    }
    let response = full_response::fetch(outgoing, credentials, &options, &mut timings)?;
    let mut ranking = text_rerank::read(response.document(), request, reranker.scores)?;
    timings.stop();
    let metadata = timings.timed(core::mem::take(&mut ranking.info));
    Ok((ranking, metadata))
}
