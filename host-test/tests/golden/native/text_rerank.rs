//! A call for a ranking, run on the core alone.

use super::document;
use crate::answer::Answer;
use crate::case::Case;
use crate::contract::{carried, carried_error};
use higress_host::json::text_rerank::read_request;
use higress_provider::convert;
use provider_core::text_rerank::{self as core, Ranking, Reranker};

/// Runs a case, then with its response cut off at every byte.
pub(super) fn check(case: &Case) -> Result<(), String> {
    let request = convert::text_rerank::request(carried(&case.call.request(read_request)?));
    let mut scores = None;
    let prepared = document::open(case, |form, credentials, call| {
        let reranker = Reranker::parse(form)?;
        scores = Some(reranker.scores);
        let outgoing = reranker.encode(credentials, &request, call)?;
        Ok((!request.is_empty()).then_some(outgoing))
    })?;
    let read = |document: provider_core::response::document::Document<'_>| {
        let scores = scores.expect("a response is read after its request is made");
        core::read(document, &request, scores)
    };
    document::run(case, prepared, Ok(Ranking::default()), read, |outcome| {
        let outcome = outcome.map(|mut ranking| {
            let metadata =
                convert::response_metadata(std::mem::take(&mut ranking.info), None, None);
            carried(&convert::text_rerank::response(ranking, metadata))
        });
        Answer::ranking(outcome.map_err(carried_error))
    })
}
