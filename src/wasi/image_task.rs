//! Image generation: submits the request and, if it becomes a task, polls it.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use super::clock::nanoseconds;
use super::full_response::{self, Response};
use super::timings::Timings;
use crate::bindings::types;
use crate::call_context::CallContext;
use provider_core::api_request::{self, Accept};
use provider_core::call_options::{ResolvedOptions, RetryPolicy};
use provider_core::error::Error;
use provider_core::http;
use provider_core::image_generation::{
    self, Generation, PollSchedule, Progress, Protocol, Request, TaskId,
};
use provider_core::response::ResponseMetadata;
use provider_core::timeouts::Timeouts;

/// Shortest timeout of a poll.
const MIN_POLL_TIMEOUT: Duration = Duration::from_secs(1);

/// Longest timeout of a poll: a lost response must not use up the time of a
/// running task.
const MAX_POLL_TIMEOUT: Duration = Duration::from_secs(15);

/// Timeout of a cancellation, whose result is ignored.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(2);

/// A call for images.
pub(crate) struct ImageCall<'a> {
    protocol: Protocol,
    context: CallContext<'a>,
    timings: Timings,
}

impl<'a> ImageCall<'a> {
    pub(crate) fn new(protocol: Protocol, context: CallContext<'a>) -> Self {
        Self {
            protocol,
            context,
            timings: Timings::start(),
        }
    }

    /// Generates images. The first-byte timeout limits a task too, from
    /// submission to completion.
    pub(crate) fn run(
        mut self,
        request: Request,
    ) -> Result<(Box<Generation>, types::ResponseMetadata), Error> {
        let CallContext {
            credentials,
            options,
        } = &self.context;
        let outgoing = self.protocol.encode(credentials, &request, options)?;
        // Request and response may be large, so each is dropped as soon as
        // possible.
        drop(request);
        let response = self.submit(outgoing)?;
        let mut generation = match read(&response)? {
            Progress::Done(generation) => generation,
            Progress::Working(task) => {
                drop(response);
                self.wait(&task)?
            }
        };
        let metadata = self.finish(core::mem::take(&mut generation.info));
        Ok((generation, metadata))
    }

    /// Sends a request that the server must reject, and checks the error.
    pub(crate) fn probe(mut self) -> Result<types::ResponseMetadata, Error> {
        let CallContext {
            credentials,
            options,
        } = &self.context;
        let probe = self.protocol.probe(credentials, options);
        let progress = self.submit(probe).and_then(|response| read(&response));
        let info = match progress {
            Ok(Progress::Done(generation)) => generation.info,
            Ok(Progress::Working(task)) => {
                self.cancel(&task);
                ResponseMetadata::default()
            }
            Err(error) => image_generation::check_probe_error(error)?,
        };
        Ok(self.finish(info))
    }

    /// The metadata of the last response, with the times of the call.
    fn finish(&mut self, info: ResponseMetadata) -> types::ResponseMetadata {
        self.timings.stop();
        self.timings.timed(info)
    }

    /// Submits a request that is charged. It is retried only if it cannot have
    /// reached the server, so that nothing is charged twice.
    fn submit(&mut self, request: http::Request) -> Result<Response, Error> {
        let options = ResolvedOptions {
            retry_policy: RetryPolicy::WhenNotSent,
            ..self.context.options.clone()
        };
        self.fetch(request, &options)
    }

    /// Polls a task until it is done or the time limit passes.
    fn wait(&mut self, task: &TaskId) -> Result<Box<Generation>, Error> {
        let limit = self.context.options.timeouts.first_byte;
        let poll = api_request::get_json(
            self.context.credentials,
            &task.path(),
            &self.context.options,
        );
        let mut schedule = PollSchedule::default();
        let mut pause = schedule.pause();
        loop {
            let left = limit.saturating_sub(self.timings.elapsed());
            sleep(pause.min(left));
            let left = limit.saturating_sub(self.timings.elapsed());
            if left.is_zero() {
                self.cancel(task);
                return Err(task.overdue(limit));
            }
            pause = match self.fetch(
                poll.clone(),
                &self.within(left.clamp(MIN_POLL_TIMEOUT, MAX_POLL_TIMEOUT)),
            ) {
                Ok(response) => match read(&response).map_err(|error| task.in_error(error))? {
                    Progress::Done(generation) => return Ok(generation),
                    Progress::Working(_) => schedule.pause(),
                },
                Err(error) => match schedule.pause_after(&error) {
                    Some(pause) => pause,
                    None => return Err(task.in_error(error)),
                },
            };
        }
    }

    /// Requests the cancellation of a task, and ignores the result.
    fn cancel(&mut self, task: &TaskId) {
        let options = self.within(CANCEL_TIMEOUT);
        let path = task.cancel_path();
        let request = api_request::post_json(
            self.context.credentials,
            &path,
            Accept::Json,
            b"{}".to_vec(),
            &options,
        );
        let _ = self.fetch(request, &options);
    }

    /// The options with timeouts of at most `limit` and without retries.
    fn within(&self, limit: Duration) -> ResolvedOptions {
        let Timeouts {
            connect,
            first_byte,
            between_bytes,
        } = self.context.options.timeouts;
        ResolvedOptions {
            timeouts: Timeouts {
                connect: connect.min(limit),
                first_byte: first_byte.min(limit),
                between_bytes: between_bytes.min(limit),
            },
            max_retries: 0,
            ..self.context.options.clone()
        }
    }

    fn fetch(
        &mut self,
        request: http::Request,
        options: &ResolvedOptions,
    ) -> Result<Response, Error> {
        full_response::fetch(
            request,
            self.context.credentials,
            options,
            &mut self.timings,
        )
    }
}

fn read(response: &Response) -> Result<Progress, Error> {
    image_generation::read(response.document())
}

fn sleep(pause: Duration) {
    monotonic_clock::subscribe_duration(nanoseconds(pause)).block();
}
