//! Exports of `text-rerank`.

use super::contract::text_rerank::{self as wit, Guest};
use super::contract::types::{self, CallOptions, Model, ModelKind};
use super::session::{self, Session};
use super::stopwatch::Stopwatch;
use super::{Component, convert, convert_ranking, document};
use crate::error::{Error, ErrorKind};
use crate::reply::ReplyInfo;
use crate::text_rerank::{self, Ranking, Request, Reranker};

impl Guest for Component {
    fn rerank(
        model: Model,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Ranking, types::Error> {
        run(&model, &convert_ranking::request(request), options)
            .map(|(ranking, info)| convert_ranking::ranking(ranking, info))
            .map_err(convert::error)
    }
}

/// Ranks two documents: that the reply places at least one of them is what
/// makes a configuration valid.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<types::ReplyInfo, Error> {
    let (ranking, info) = run(model, &Request::probe(), options)?;
    if ranking.results.is_empty() {
        return Err(Error::after_sending(
            ErrorKind::Protocol,
            "the model ranked none of two documents; check that it is a rerank model",
        ));
    }
    Ok(info)
}

fn run(
    model: &Model,
    request: &Request,
    options: CallOptions,
) -> Result<(Ranking, types::ReplyInfo), Error> {
    let mut stopwatch = Stopwatch::start();
    let Session {
        form,
        credentials,
        call,
    } = session::open(model, ModelKind::TextRerank, options)?;
    let reranker = Reranker::parse(&form)?;
    let outgoing = reranker.encode(&credentials, request, &call)?;
    if request.is_empty() {
        return Ok((Ranking::default(), stopwatch.timed(ReplyInfo::default())));
    }
    let reply = document::fetch(outgoing, &credentials, &call, &mut stopwatch)?;
    let mut ranking = text_rerank::read(reply.document(), request, reranker.scores)?;
    stopwatch.stop();
    let info = stopwatch.timed(core::mem::take(&mut ranking.info));
    Ok((ranking, info))
}
