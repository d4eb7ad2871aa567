//! A call for vectors, run on the core alone: batch by batch, in order.

use super::{AUTHORITY, breakage, head, judge, refused, wire};
use crate::answer::Answer;
use crate::case::Case;
use crate::contract::{carried, carried_error, carried_options};
use crate::cuts::places;
use crate::response::{Ending, RecordedResponse};
use crate::verdict::{Run, shown};
use crate::wire::Wire;
use higress_host::json::text_embedding::read_request;
use higress_provider::convert;
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::form::Form;
use provider_core::http::Request;
use provider_core::text_embedding::{self as core, Configuration, Embeddings, Job};

/// Runs a case, then with its responses cut in every way.
pub(super) fn check(case: &Case) -> Result<(), String> {
    let (requests, outcome) = match prepare(case)? {
        Ok(prepared) => prepared.run(&case.responses)?,
        Err(error) => (Vec::new(), Err(error)),
    };
    let outcome = outcome
        .map(|embeddings| {
            let metadata = convert::response_metadata(embeddings.info.clone(), None, None);
            carried(&convert::text_embedding::response(embeddings, metadata))
        })
        .map_err(carried_error);
    judge(
        case,
        &Run {
            requests,
            answer: Answer::embeddings(outcome),
            authority: AUTHORITY.to_owned(),
        },
    )
}

/// A call, ready to be sent.
struct Prepared {
    credentials: Credentials,
    call: ResolvedOptions,
    job: Job,
}

/// The call up to its requests; within, the error of a call that is refused.
/// The order is that of the component.
fn prepare(case: &Case) -> Result<Result<Prepared, Error>, String> {
    let values = case.call.credentials(AUTHORITY)?;
    let request = convert::text_embedding::request(carried(&case.call.request(read_request)?));
    let options = convert::options(carried_options(case.call.options()?));
    let prepare = || {
        let form = Form::parse(&values)?;
        let configuration = Configuration::parse(&form)?;
        let credentials = Credentials::parse(&form, &case.call.model)?;
        let call = ResolvedOptions::new(options, &credentials)?;
        let job = Job::new(&configuration, request?, &credentials.model_name)?;
        Ok(Prepared {
            credentials,
            call,
            job,
        })
    };
    Ok(prepare())
}

impl Prepared {
    /// Sends batch after batch, up to the first that fails.
    fn run(
        mut self,
        responses: &[RecordedResponse],
    ) -> Result<(Vec<Wire>, Result<Embeddings, Error>), String> {
        let mut requests = Vec::new();
        for batch in 0..self.job.batches() {
            let request = self.job.request(batch, &self.credentials, &self.call);
            requests.push(wire(&request, &self.credentials));
            let Some(response) = responses.get(batch) else {
                return Err(format!("there is no response for request {}", batch + 1));
            };
            let read = self.read(batch, &request, response)?;
            let taken = read.and_then(|vectors| self.job.take(batch, vectors));
            if let Err(error) = taken {
                return Ok((requests, Err(self.job.blame(batch, error))));
            }
        }
        Ok((requests, Ok(self.job.finish())))
    }

    /// Reads a response in its chunks, and cut in every way.
    fn read(
        &self,
        batch: usize,
        request: &Request,
        response: &RecordedResponse,
    ) -> Result<Result<core::Response, Error>, String> {
        if !head(response).is_success() {
            return Ok(Err(refused(
                response,
                request,
                &self.credentials,
                &self.call,
            )));
        }
        let chunks = response.chunks.iter().map(Vec::as_slice);
        let whole = self.read_chunks(batch, response, chunks, response.ending);
        let body = response.body();
        let bytes = self.read_chunks(batch, response, body.chunks(1), response.ending);
        if bytes != whole {
            return Err(format!(
                "byte by byte the body gives another answer\nin its chunks: {whole:?}\nbyte by byte: {bytes:?}"
            ));
        }
        for at in places(body.len()) {
            let (start, rest) = body.split_at(at);
            if self.read_chunks(batch, response, [start, rest], response.ending) != whole {
                return Err(format!("split after {}, the answer changes", shown(start)));
            }
            let cut = self.read_chunks(batch, response, [start], Ending::Complete);
            if cut.is_ok() && cut != whole {
                return Err(format!("cut off after {}, it passes", shown(start)));
            }
        }
        Ok(whole)
    }

    fn read_chunks<'a>(
        &self,
        batch: usize,
        response: &RecordedResponse,
        chunks: impl IntoIterator<Item = &'a [u8]>,
        ending: Ending,
    ) -> Result<core::Response, Error> {
        let mut reader = self
            .job
            .reader(batch, head(response), self.call.secrets.clone());
        chunks
            .into_iter()
            .try_for_each(|chunk| reader.push(chunk))?;
        match breakage(ending) {
            None => reader.end(),
            Some(error) => Err(reader.attributed(error)),
        }
    }
}
