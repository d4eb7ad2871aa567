//! Exports of `text-embedding`: sends the requests of a call in parallel.

use crate::Component;
use crate::bindings::models::ModelBorrow;
use crate::bindings::text_embedding::{self as wit, Guest};
use crate::bindings::types::{self, CallOptions, ResponseMetadata};
use crate::call_context::CallContext;
use crate::convert;
use crate::model::Model;
use crate::wasi::client::{Body, Read};
use crate::wasi::clock;
use crate::wasi::full_response;
use crate::wasi::poll_set::PollSet;
use crate::wasi::retrying_request::RetryingRequest;
use crate::wasi::timings::Timings;
use provider_core::call_options::ResolvedOptions;
use provider_core::error::Error;
use provider_core::text_embedding::{Embeddings, Job, Reader, Request, Response};

impl Guest for Component {
    fn embed(
        model: ModelBorrow<'_>,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Response, types::Error> {
        convert::text_embedding::request(request)
            .and_then(|request| embed(model.get(), request, options))
            .map(|(embeddings, metadata)| convert::text_embedding::response(embeddings, metadata))
            .map_err(convert::error)
    }
}

/// Embeds one word; the configuration is valid if the response contains a
/// vector.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<ResponseMetadata, Error> {
    let (_, metadata) = embed(model, Request::probe(), options)?;
    Ok(metadata)
}

fn embed(
    model: &Model,
    request: Request,
    options: CallOptions,
) -> Result<(Embeddings, ResponseMetadata), Error> {
    let configuration = model.text_embedding()?;
    let context = model.context(options)?;
    let job = Job::new(configuration, request, &context.credentials.model_name)?;
    let run = Run {
        context,
        parallel: configuration.parallel_requests,
        timings: Timings::start(),
    };
    run.run(job)
}

/// The state shared by the requests of a call.
struct Run<'a> {
    context: CallContext<'a>,
    parallel: u32,
    timings: Timings,
}

/// A batch whose request is in flight.
struct InFlight<'a> {
    batch: usize,
    stage: Stage<'a>,
}

enum Stage<'a> {
    Sending(RetryingRequest<'a>),
    Reading {
        body: Body,
        reader: Reader,
        /// Deadline for more of the response, on the monotonic clock.
        deadline: u64,
    },
}

impl Run<'_> {
    /// Runs the requests until all have a response or one has failed. The
    /// others are then dropped, which cancels them.
    fn run(mut self, mut job: Job) -> Result<(Embeddings, ResponseMetadata), Error> {
        let parallel = usize::try_from(self.parallel).unwrap_or(usize::MAX);
        let mut waiting = 0..job.batches();
        let sends_none = waiting.is_empty();
        let mut in_flight: Vec<InFlight<'_>> = Vec::new();
        let CallContext {
            credentials,
            options,
        } = &self.context;
        loop {
            while in_flight.len() < parallel
                && let Some(batch) = waiting.next()
            {
                let request = job.request(batch, credentials, options);
                let request = RetryingRequest::new(request, credentials, options);
                let stage = Stage::Sending(request);
                in_flight.push(InFlight { batch, stage });
            }
            let started = waiting.start;
            let mut index = 0;
            while let Some(request) = in_flight.get_mut(index) {
                let batch = request.batch;
                let done = match request.advance(&job, options, &mut self.timings) {
                    Ok(None) => Ok(false),
                    Ok(Some(response)) => job.take(batch, response).map(|()| true),
                    Err(error) => Err(error),
                };
                let done = done.map_err(|mut error| {
                    // Another batch may have been embedded, and charged.
                    error.request_sent |= started > 1;
                    job.blame(batch, error)
                });
                if done? {
                    in_flight.swap_remove(index);
                } else {
                    index = index.saturating_add(1);
                }
            }
            if in_flight.is_empty() && waiting.is_empty() {
                break;
            }
            if in_flight.len() == parallel || waiting.is_empty() {
                let mut poll_set = PollSet::new();
                for request in &in_flight {
                    request.subscribe_in(&mut poll_set);
                }
                poll_set.block();
            }
        }
        if !sends_none {
            self.timings.stop();
        }
        let mut embeddings = job.finish();
        let info = core::mem::take(&mut embeddings.info);
        Ok((embeddings, self.timings.timed(info)))
    }
}

impl InFlight<'_> {
    /// Advances without blocking. `None` if the response is not complete.
    fn advance(
        &mut self,
        job: &Job,
        options: &ResolvedOptions,
        timings: &mut Timings,
    ) -> Result<Option<Response>, Error> {
        let patience = options.timeouts.between_bytes;
        loop {
            match &mut self.stage {
                Stage::Sending(request) => {
                    let Some((head, body)) = request.advance()? else {
                        return Ok(None);
                    };
                    let secrets = body.secrets.clone();
                    self.stage = Stage::Reading {
                        body,
                        reader: job.reader(self.batch, head, secrets),
                        deadline: clock::after(patience),
                    };
                }
                Stage::Reading {
                    body,
                    reader,
                    deadline,
                } => match body.read_arrived() {
                    Ok(Read::Bytes(bytes)) if bytes.is_empty() => {
                        if clock::has_come(*deadline) {
                            return Err(reader.attributed(body.stalled()));
                        }
                        return Ok(None);
                    }
                    Ok(Read::Bytes(bytes)) => {
                        timings.note_first_byte();
                        reader.push(&bytes)?;
                        if full_response::has_content(&bytes) {
                            *deadline = clock::after(patience);
                        }
                    }
                    Ok(Read::End) => return reader.end().map(Some),
                    Err(error) => return Err(reader.attributed(error)),
                },
            }
        }
    }

    /// Adds the pollables and the deadline that [`InFlight::advance`] waits
    /// for.
    fn subscribe_in(&self, poll_set: &mut PollSet) {
        match &self.stage {
            Stage::Sending(request) => request.subscribe_in(poll_set),
            Stage::Reading { body, deadline, .. } => {
                poll_set.until(*deadline);
                body.subscribe_in(poll_set);
            }
        }
    }
}
