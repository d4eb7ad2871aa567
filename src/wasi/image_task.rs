//! Images on their way: the request that buys them, and the questions after
//! the task that it may have become.

use core::time::Duration;

use wasi::clocks::monotonic_clock;

use super::clock::nanoseconds;
use super::full_response::{self, Response};
use super::timings::Timings;
use crate::call_context::CallContext;
use provider_core::api_request::{self, Accept};
use provider_core::call_options::{ResolvedOptions, RetryPolicy};
use provider_core::error::Error;
use provider_core::http;
use provider_core::image_generation::{
    self, Generation, Progress, Protocol, Request, TaskId, Watch,
};
use provider_core::response::ResponseMetadata;
use provider_core::timeouts::Timeouts;

/// Shortest time to wait for the answer to a question after a task.
const MIN_QUESTION: Duration = Duration::from_secs(1);

/// Longest: one answer that is lost must not take up the time of a task that
/// goes on.
const MAX_QUESTION: Duration = Duration::from_secs(15);

/// How long to wait for a task to be cancelled: nobody needs to know whether
/// it was.
const CANCELLING: Duration = Duration::from_secs(2);

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

    /// Draws. The time to the first byte is the limit for a task as well,
    /// from here to its end.
    pub(crate) fn run(mut self, request: Request) -> Result<Box<Generation>, Error> {
        let CallContext {
            credentials,
            options,
            ..
        } = self.context;
        let outgoing = self.protocol.encode(credentials, &request, options)?;
        // It may be large, and so may the response: each is let go at once.
        drop(request);
        let response = self.submit(outgoing)?;
        let mut generation = match read(&response)? {
            Progress::Done(generation) => generation,
            Progress::Working(task) => {
                drop(response);
                self.wait(&task)?
            }
        };
        self.finish(core::mem::take(&mut generation.info));
        Ok(generation)
    }

    /// Sends what the server must refuse, and judges the refusal.
    pub(crate) fn probe(mut self) -> Result<(), Error> {
        let CallContext {
            credentials,
            options,
            ..
        } = self.context;
        let probe = self.protocol.probe(credentials, options);
        let progress = self.submit(probe).and_then(|response| read(&response));
        let info = match progress {
            Ok(Progress::Done(generation)) => generation.info,
            Ok(Progress::Working(task)) => {
                self.cancel(&task);
                ResponseMetadata::default()
            }
            Err(error) => image_generation::judge(error)?,
        };
        self.finish(info);
        Ok(())
    }

    /// Tells the session the facts about the last response.
    fn finish(&mut self, info: ResponseMetadata) {
        self.timings.stop();
        self.context.metadata.set(self.timings.timed(info));
    }

    /// Sends a request that buys images. It is repeated only while none can
    /// have reached the server, so that nothing is bought twice.
    fn submit(&mut self, request: http::Request) -> Result<Response, Error> {
        let options = ResolvedOptions {
            retry_policy: RetryPolicy::WhenNotSent,
            ..self.context.options.clone()
        };
        self.fetch(request, &options)
    }

    /// Asks for a task until it is done, or the time is over.
    fn wait(&mut self, task: &TaskId) -> Result<Box<Generation>, Error> {
        let limit = self.context.options.timeouts.first_byte;
        let question =
            api_request::get_json(self.context.credentials, &task.path(), self.context.options);
        let mut watch = Watch::default();
        let mut pause = watch.pause();
        loop {
            let left = limit.saturating_sub(self.timings.elapsed());
            sleep(pause.min(left));
            let left = limit.saturating_sub(self.timings.elapsed());
            if left.is_zero() {
                self.cancel(task);
                return Err(task.overdue(limit));
            }
            pause = match self.fetch(
                question.clone(),
                &self.within(left.clamp(MIN_QUESTION, MAX_QUESTION)),
            ) {
                Ok(response) => match read(&response).map_err(|error| task.in_error(error))? {
                    Progress::Done(generation) => return Ok(generation),
                    Progress::Working(_) => watch.pause(),
                },
                Err(error) => match watch.pause_after(&error) {
                    Some(pause) => pause,
                    None => return Err(task.in_error(error)),
                },
            };
        }
    }

    /// Asks the server to cancel a task, and leaves it at that.
    fn cancel(&mut self, task: &TaskId) {
        let options = self.within(CANCELLING);
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

    /// The call with no more time than this, and no repeats.
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
