//! Exports of `text-rerank`.

use super::types::Session;
use crate::bindings::text_rerank::{self as wit, Guest};
use crate::bindings::types::{self, ModelKind, SessionBorrow};
use crate::call_context::CallContext;
use crate::wasi::full_response;
use crate::wasi::timings::Timings;
use crate::{Component, convert};
use provider_core::error::{Error, ErrorKind};
use provider_core::response::ResponseMetadata;
use provider_core::text_rerank::{self, Ranking, Request, Reranker};

impl Guest for Component {
    fn rerank(
        session: SessionBorrow<'_>,
        request: wit::Request,
    ) -> Result<wit::Ranking, types::Error> {
        run(session.get(), &convert::text_rerank::request(request))
            .map(convert::text_rerank::ranking)
            .map_err(convert::error)
    }
}

/// Ranks two documents; the configuration is valid if the response ranks at
/// least one of them.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    let ranking = run(session, &Request::probe())?;
    if ranking.results.is_empty() {
        return Err(Error::after_sending(
            ErrorKind::Protocol,
            "the model ranked neither of two documents; check that it is a rerank model",
        ));
    }
    Ok(())
}

fn run(session: &Session, request: &Request) -> Result<Ranking, Error> {
    let mut timings = Timings::start();
    let CallContext {
        form,
        credentials,
        options,
        metadata,
    } = session.begin(ModelKind::TextRerank)?;
    let reranker = Reranker::parse(&form)?;
    let outgoing = reranker.encode(credentials, request, options)?;
    if request.is_empty() {
        metadata.set(timings.timed(ResponseMetadata::default()));
        return Ok(Ranking::default());
    }
    let response = full_response::fetch(outgoing, credentials, options, &mut timings)?;
    let mut ranking = text_rerank::read(response.document(), request, reranker.scores)?;
    timings.stop();
    metadata.set(timings.timed(core::mem::take(&mut ranking.info)));
    Ok(ranking)
}
