//! A call for images in one request, run on the core alone. Tasks, which take
//! several, are tried in `tests/it/image_and_rerank`.

use super::document;
use crate::answer::Answer;
use crate::case::Case;
use crate::contract::{carried, carried_error};
use higress_host::json::image_generation::read_request;
use higress_provider::convert;
use provider_core::error::Error;
use provider_core::image_generation::{self as core, Generation, Progress, Protocol};
use provider_core::response::document::Document;

/// Runs a case, then with its response cut off at every byte.
pub(super) fn check(case: &Case) -> Result<(), String> {
    let asked = case.call.request(read_request)?;
    let prepared = document::open(case, |form, credentials, call| {
        let protocol = Protocol::parse(form)?;
        let request = convert::image_generation::request(carried(&asked))?;
        protocol.encode(credentials, &request, call).map(Some)
    })?;
    let read = |document: Document<'_>| match core::read(document)? {
        Progress::Done(generation) => Ok(*generation),
        Progress::Working(_) => Err(Error::protocol("a task, which has no place here")),
    };
    let unasked = Err(Error::protocol("images need a request"));
    document::run(case, prepared, unasked, read, |outcome| {
        let outcome = outcome.map(|mut generation: Generation| {
            let metadata =
                convert::response_metadata(std::mem::take(&mut generation.info), None, None);
            carried(&convert::image_generation::response(generation, metadata))
        });
        Answer::images(outcome.map_err(carried_error))
    })
}
