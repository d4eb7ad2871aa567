//! Exports of `text-rerank`.

use super::contract::text_rerank::{self as wit, Guest};
use super::contract::types::{self, ModelKind, SessionBorrow};
use super::session::{Session, Settings};
use super::stopwatch::Stopwatch;
use super::{Component, convert, document};
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

/// Ranks two documents: that the response places at least one of them is what
/// makes a configuration valid.
pub(super) fn validate(session: &Session) -> Result<(), Error> {
    let ranking = run(session, &Request::probe())?;
    if ranking.results.is_empty() {
        return Err(Error::after_sending(
            ErrorKind::Protocol,
            "the model ranked none of two documents; check that it is a rerank model",
        ));
    }
    Ok(())
}

fn run(session: &Session, request: &Request) -> Result<Ranking, Error> {
    let mut stopwatch = Stopwatch::start();
    let Settings {
        form,
        credentials,
        call,
        facts,
    } = session.begin(ModelKind::TextRerank)?;
    let reranker = Reranker::parse(&form)?;
    let outgoing = reranker.encode(credentials, request, call)?;
    if request.is_empty() {
        facts.note(stopwatch.timed(ResponseMetadata::default()));
        return Ok(Ranking::default());
    }
    let response = document::fetch(outgoing, credentials, call, &mut stopwatch)?;
    let mut ranking = text_rerank::read(response.document(), request, reranker.scores)?;
    stopwatch.stop();
    facts.note(stopwatch.timed(core::mem::take(&mut ranking.info)));
    Ok(ranking)
}
